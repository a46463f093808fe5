"""Cases of SQS and EventBridge (pure table)."""

import json

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused

SEND = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}


def _policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


SPOT = json.dumps(
    {"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]}
)

CASES = (
    Case(
        tokens.QUEUE,
        least={},
        full={
            "name": "gacp-full.fifo",
            "fifoQueue": True,
            "contentBasedDeduplication": True,
            "deduplicationScope": "messageGroup",
            "fifoThroughputLimit": "perMessageGroupId",
            "kmsMasterKeyId": "$key",
            "kmsDataKeyReusePeriodSeconds": 600,
            "messageRetentionSeconds": 300,
            "visibilityTimeoutSeconds": 60,
            "receiveWaitTimeSeconds": 20,
            "delaySeconds": 5,
            "policy": _policy(SEND),
            "tags": {"Name": "a"},
        },
        update={"messageRetentionSeconds": 300},
        replace={"name": "another"},
        drift="visibilityTimeoutSeconds=1",
        rejected=({"messageRetentionSeconds": 10}, "is not between 60 and"),
        outputs=("arn", "url", "name"),
    ),
    Case(
        "aws:sqs/queuePolicy:QueuePolicy",
        least={"queueUrl": "$queue", "policy": _policy(SEND)},
        full={"queueUrl": "$queue:url", "policy": _policy(SEND, {**SEND, "Sid": "again"})},
        update={"policy": _policy({**SEND, "Effect": "Deny"})},
        replace={"queueUrl": "$queue-2"},
        drift='policy="{}"',
        rejected=({"policy": _policy({**SEND, "Action": "sns:Publish"})}, "out of service scope"),
    ),
    Case(
        tokens.EVENT_RULE,
        least={"eventPattern": SPOT},
        full={
            "name": "gacp-full",
            "description": "Every hour",
            "scheduleExpression": "rate(1 hour)",
            "roleArn": "$role-events:arn",
            "state": "DISABLED",
            "tags": {"Name": "a"},
        },
        update={"state": "DISABLED"},
        replace={"name": "another"},
        drift="description=changed",
        rejected=({"eventPattern": '{"source": "aws.ec2"}'}, "without a list of values"),
        outputs=("arn", "name"),
    ),
    Case(
        "aws:cloudwatch/eventTarget:EventTarget",
        least={"rule": "$event-rule", "arn": "$queue:arn"},
        full={
            "rule": "$event-rule",
            "targetId": "alerts",
            "arn": "$topic:arn",
            "roleArn": "$role-events:arn",
            "inputTransformer": {
                "inputPaths": {"id": "$.detail.instance-id"},
                "inputTemplate": '"<id> goes"',
            },
            "deadLetterConfig": {"arn": "$queue-2:arn"},
            "retryPolicy": {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 3},
        },
        update={"retryPolicy": {"maximumRetryAttempts": 1}},
        replace={"targetId": "another"},
        drift="inputPath=$.detail",
        rejected=({"sqsTarget": {"messageGroupId": "a"}}, "takes no sqsTarget.messageGroupId"),
        outputs=("targetId",),
    ),
)

NO_QUEUE = "arn:aws:sqs:ap-southeast-1:123456789012:nobody"


def _redrive(target: str, tries: int = 3) -> dict[str, str]:
    return {"redrivePolicy": json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": tries})}


_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
REFUSED = (
    Refused(tokens.QUEUE, {"name": "a.fifo"}, "no queue's name"),
    Refused(tokens.QUEUE, {"fifoQueue": True, "name": "a"}, "no queue's name"),
    Refused(tokens.QUEUE, {"contentBasedDeduplication": True}, "for FIFO queues"),
    Refused(tokens.QUEUE, {"visibilityTimeoutSeconds": 43201}, "not between 0 and 43200"),
    Refused(tokens.QUEUE, {"receiveWaitTimeSeconds": 21}, "not between 0 and 20"),
    Refused(tokens.QUEUE, {"maxMessageSize": 100}, "not between 1024"),
    Refused(
        tokens.QUEUE, {"kmsMasterKeyId": "$key", "sqsManagedSseEnabled": True}, "exclude each other"
    ),
    Refused(tokens.QUEUE, _redrive(NO_QUEUE), "does not exist"),
    Refused(tokens.QUEUE, _redrive("queue"), "not the ARN of a queue"),
    Refused(tokens.QUEUE, _redrive(NO_QUEUE, 0), "from 1 to 1000"),
    Refused(
        tokens.QUEUE,
        {
            "name": "a.fifo",
            "fifoQueue": True,
            "redrivePolicy": '{"deadLetterTargetArn":"<queue>","maxReceiveCount":3}',
        },
        "must be FIFO if this queue is",
    ),
    Refused(
        tokens.QUEUE,
        {"redriveAllowPolicy": '{"redrivePermission": "byQueue"}'},
        "sourceQueueArns, 1 to 10",
    ),
    Refused(tokens.QUEUE, {"redriveAllowPolicy": "yes"}, "not JSON"),
    Refused(
        tokens.QUEUE,
        {"name": "a.fifo", "fifoQueue": True, "fifoThroughputLimit": "perMessageGroupId"},
        "needs deduplicationScope",
    ),
    Refused(tokens.EVENT_RULE, {"eventPattern": None}, "is needed"),
    Refused(tokens.EVENT_RULE, {"eventPattern": "[]"}, "not an object"),
    Refused(tokens.EVENT_RULE, {"scheduleExpression": "rate(1 hours)"}, "is no rate"),
    Refused(tokens.EVENT_RULE, {"scheduleExpression": "0 5 * * *"}, "neither rate"),
    Refused(tokens.EVENT_RULE, {"scheduleExpression": "cron(0 5 * * *)"}, "has 5 fields"),
    Refused(tokens.EVENT_RULE, {"scheduleExpression": "cron(0 5 * * * *)"}, "exactly one of"),
    Refused(tokens.EVENT_RULE, {"scheduleExpression": "cron(0 25 * * ? *)"}, "not in 0-23"),
    Refused(
        tokens.EVENT_RULE,
        {"scheduleExpression": "rate(1 day)", "eventBusName": "own"},
        "of the default bus",
    ),
    Refused(tokens.EVENT_RULE, {"state": "ENABLED", "isEnabled": True}, "exclude each other"),
    Refused(tokens.EVENT_RULE, {"state": "ON"}, "none of ENABLED"),
    Refused(tokens.EVENT_RULE, {"roleArn": "$role:arn"}, "cannot be assumed by events"),
    Refused(_TARGET, {"input": "{}", "inputPath": "$.detail"}, "exclude each other"),
    Refused(_TARGET, {"input": "{"}, "not JSON"),
    Refused(_TARGET, {"arn": NO_QUEUE}, "does not exist"),
    Refused(_TARGET, {"arn": "$waf-logs-far:arn"}, "is in us-east-1; name one of ap-southeast-1"),
    Refused(_TARGET, {"arn": "queue"}, "an ARN is wanted"),
    Refused(_TARGET, {"retryPolicy": {"maximumRetryAttempts": 186}}, "not between 0 and 185"),
    Refused(
        _TARGET,
        {"inputTransformer": {"inputPaths": {"AWSid": "$.id"}, "inputTemplate": "a"}},
        "begins with AWS",
    ),
)

HELD = (
    Held(
        "event-rule", _TARGET, {"rule": "$event-rule", "arn": "$queue:arn"}, "ValidationException"
    ),
)
