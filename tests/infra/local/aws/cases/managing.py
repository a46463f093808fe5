"""Cases of Systems Manager documents and associations (pure table)."""

import json
from typing import Any

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused
from tests.infra.local.aws.ground import COMMAND

TAGS = {"tags": {"Name": "a"}}
LEAST: dict[str, Any] = {"name": "gacp-run", "documentType": "Command", "content": COMMAND}
SAY: dict[str, Any] = {"name": "$document:name", "parameters": {"word": "hello"}}
BY_TAG = [{"key": "tag:Name", "values": ["gacp-host"]}]


def _content(**changes: Any) -> dict[str, Any]:
    whole = {**json.loads(COMMAND), **changes}
    return {"content": json.dumps({key: said for key, said in whole.items() if said is not None})}


STEP = json.loads(COMMAND)["mainSteps"][0]

CASES = (
    Case(
        tokens.DOCUMENT,
        least=LEAST,
        full={
            **LEAST,
            "name": "gacp-full",
            "documentFormat": "JSON",
            "targetType": "/AWS::EC2::Instance",
            "versionName": "first",
            "attachmentsSources": [
                {"key": "SourceUrl", "name": "script", "values": ["s3://gacp-releases/host"]}
            ],
            "permissions": {"type": "Share", "account_ids": "210987654321"},
            **TAGS,
        },
        update=_content(description="Says another word"),
        replace={"name": "gacp-another"},
        drift="targetType=/AWS::EC2::Instance",
        rejected=({"name": "AWS-Mine"}, "not beginning with aws"),
        outputs=(
            *("arn", "defaultVersion", "description", "hash", "latestVersion", "owner"),
            *("parameters", "schemaVersion", "status"),
        ),
    ),
    Case(
        tokens.ASSOCIATION,
        least=SAY,
        full={
            **SAY,
            "associationName": "gacp-full",
            "documentVersion": "$LATEST",
            "targets": BY_TAG,
            "scheduleExpression": "cron(0 20 ? * * *)",
            "applyOnlyAtCronInterval": True,
            "maxConcurrency": "1",
            "maxErrors": "0",
            "complianceSeverity": "HIGH",
            "syncCompliance": "AUTO",
            "outputLocation": {"s3BucketName": "$bucket", "s3KeyPrefix": "ssm"},
            "waitForSuccessTimeoutSeconds": 60,
            **TAGS,
        },
        update={"parameters": {"word": "again"}},
        replace={"name": "$document-2:name"},
        drift="maxErrors=5",
        rejected=({"maxConcurrency": "0"}, "not 0"),
        outputs=("arn", "associationId", "documentVersion"),
    ),
)

REFUSED = (
    Refused(tokens.DOCUMENT, {"content": "say hello"}, "is no JSON object"),
    Refused(tokens.DOCUMENT, _content(schemaVersion="0.3"), "Command has 1.2, 2.0, 2.2"),
    Refused(tokens.DOCUMENT, _content(mainSteps=None), "has no mainSteps"),
    Refused(tokens.DOCUMENT, _content(mainSteps=[STEP, STEP]), "are not distinct"),
    Refused(tokens.DOCUMENT, _content(description="a" * 65537), "65536 are allowed"),
    Refused(tokens.DOCUMENT, {"documentType": "Script"}, "Script"),
    Refused(tokens.DOCUMENT, {"targetType": "instances"}, "a type such as"),
    Refused(tokens.DOCUMENT, {"versionName": "a b"}, "letters, digits"),
    Refused(tokens.ASSOCIATION, {"name": "gacp-nobody"}, "does not exist in your account"),
    Refused(tokens.ASSOCIATION, {"parameters": {"loud": "yes"}}, "no parameter of gacp-say"),
    Refused(tokens.ASSOCIATION, {"parameters": {"word": "HELLO"}}, "does not match"),
    Refused(tokens.ASSOCIATION, {"parameters": {}}, "no value for word"),
    Refused(tokens.ASSOCIATION, {"associationName": "a b"}, "letters, digits"),
    Refused(tokens.ASSOCIATION, {"documentVersion": "newest"}, "$LATEST"),
    Refused(tokens.ASSOCIATION, {"maxErrors": "few"}, "a number or percent"),
    Refused(tokens.ASSOCIATION, {"targets": [{"key": "Name", "values": ["a"]}]}, "InstanceIds"),
    Refused(tokens.ASSOCIATION, {"scheduleExpression": "hourly"}, "is neither rate"),
    Refused(
        tokens.ASSOCIATION,
        {"scheduleExpression": "rate(5 minutes)"},
        "more often than every 30 minutes",
    ),
    Refused(tokens.ASSOCIATION, {"scheduleExpression": "cron(0 20 * * *)"}, "has not 6 fields"),
    Refused(
        tokens.ASSOCIATION,
        {"scheduleExpression": "rate(1 hour)", "applyOnlyAtCronInterval": True},
        "is not for rate(1 hour)",
    ),
)

HELD = (Held("document", tokens.ASSOCIATION, SAY, "AssociatedInstances"),)
