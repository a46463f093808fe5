"""Rules and computed values of ECR, CloudWatch, SNS, SSM, Route 53 and ACM."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from infra.local.aws.catalogue.tokens import KEY
from infra.local.aws.codec import Properties, Value, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import ACCOUNT, AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_KMS_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"


def key_allows_logs(world: World, making: Making) -> None:
    """CloudWatch Logs uses a key only if the key's own policy lets the service do so."""
    key = world.find((KEY,), making.given("kmsKeyId"), ("arn",))
    if key is None:
        return
    text = str(plain(key.outputs.get("policy")))
    if "logs." not in text and "logs:" not in text:
        raise AwsError(
            "AccessDeniedException",
            f"the policy of key {key.id} does not let logs.{making.region}.amazonaws.com use it"
            f" ({_KMS_LOGS})",
        )


def log_group_may_go(_world: World, making: Making) -> None:
    if making.given("deletionProtectionEnabled"):
        raise AwsError(
            "OperationAbortedException",
            f"log group {making.id} has deletion protection; set deletionProtectionEnabled to false"
            " first",
            state=True,
        )


def alarm_period(source: str) -> Rule:
    """10, 20, 30 seconds or whole minutes; and one day at most for all periods together."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        period, periods = inputs.get("period"), inputs.get("evaluationPeriods")
        if isinstance(period, int) and period not in (10, 20, 30) and (period < 60 or period % 60):
            yield Failure(
                "period",
                f"ValidationError: period {period} s is not 10, 20, 30 or a multiple of 60"
                f" ({source})",
            )
        if (
            isinstance(period, int)
            and isinstance(periods, int)
            and period < 3600
            and period * periods > 86400
        ):
            yield Failure(
                "evaluationPeriods",
                f"ValidationError: {period} s × {periods} is more than a day ({source})",
            )
        if inputs.get("metricName") is None and not inputs.get("metricQueries"):
            yield Failure(
                "metricName", f"ValidationError: metricName or metricQueries is needed ({source})"
            )

    return rule


def default_topic_policy(making: Making) -> Value:
    """What CreateTopic writes: the owner's account may use the topic."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes"],
        "Resource": making.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
    }
    return json.dumps(
        {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    )


def fifo_name(inputs: Properties, _: Scope) -> Iterator[Failure]:
    name = inputs.get("name")
    if known(name) and bool(inputs.get("fifoTopic")) != str(name).endswith(".fifo"):
        yield Failure(
            "name",
            f"InvalidParameter: {name!r}: FIFO topics, and only they, end with .fifo"
            " (API_CreateTopic)",
        )


_ENDPOINTS = {
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "email-json": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "http": r"http://.+",
    "https": r"https://.+",
    "sqs": r"arn:aws[a-z-]*:sqs:.+",
    "lambda": r"arn:aws[a-z-]*:lambda:.+",
    "sms": r"\+[0-9]{6,15}",
}


def endpoint_of_protocol(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        protocol, endpoint = inputs.get("protocol"), inputs.get("endpoint")
        form = _ENDPOINTS.get(str(protocol))
        if form and known(endpoint) and not re.fullmatch(form, str(endpoint)):
            yield Failure(
                "endpoint",
                f"InvalidParameter: {endpoint!r} is no endpoint for {protocol} ({source})",
            )

    return rule


def parameter_arn(making: Making) -> Value:
    return f"arn:aws:ssm:{making.region}:{ACCOUNT}:parameter/{making.id.removeprefix('/')}"


def parameter_value(source: str) -> Rule:
    """One value, of 4 KiB (standard) or 8 KiB (advanced); secure ones are not shown."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        ways = ("value", "insecureValue", "valueWo")
        given = [way for way in ways if inputs.get(way) is not None]
        if len(given) != 1:
            yield Failure(
                "value",
                f"exactly one of {', '.join(ways)} is needed, given: {', '.join(given) or 'none'}"
                f" ({source})",
            )
        limit = 8192 if inputs.get("tier") == "Advanced" else 4096
        for way in given:
            if known(inputs[way]) and len(str(inputs[way]).encode()) > limit:
                yield Failure(
                    way, f"ValidationException: the value has more than {limit} bytes ({source})"
                )
        if inputs.get("insecureValue") is not None and inputs.get("type") == "SecureString":
            yield Failure("insecureValue", f"a SecureString takes value or valueWo ({source})")

    return rule
