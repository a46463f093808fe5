"""SQS (pure table).

Sources: `internal/service/sqs` of hashicorp/terraform-provider-aws, and the SQS API reference.
"""

from __future__ import annotations

from infra.local.aws.catalogue import queue_rules
from infra.local.aws.catalogue.pointing import key
from infra.local.aws.catalogue.provider_source import arn_of, named, says
from infra.local.aws.catalogue.tokens import QUEUE
from infra.local.aws.rules.basic import at_most_one, between, one_of
from infra.local.aws.rules.documents import policy
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

_FILE = "sqs/queue.go"
_POLICY_FILE = "sqs/queue_policy.go"
_API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/{}.html"
_ATTRIBUTES = _API.format("API_SetQueueAttributes")
_POLICY_LONGEST = 8192  # developer guide, quotas-policies

TYPES = (
    TypeSpec(
        QUEUE,
        id="https://sqs.{region}.amazonaws.com/{account}/{out.name}",
        computed={
            "name": named,
            "arn": arn_of("sqs:{out.name}"),
            "url": "{id}",
            "policy": "",
            "redrivePolicy": "",
            "redriveAllowPolicy": "",
            "kmsDataKeyReusePeriodSeconds": always(300),
            "sqsManagedSseEnabled": queue_rules.managed_encryption,
            "deduplicationScope": queue_rules.of_fifo("queue"),
            "fifoThroughputLimit": queue_rules.of_fifo("perQueue"),
        },
        autoname=Autoname(longest=80, unless=("namePrefix",)),
        unique=("name",),
        exists="QueueAlreadyExists",
        rules=(
            at_most_one(("name", "namePrefix"), says(_FILE, "ConflictsWith")),
            at_most_one(("kmsMasterKeyId", "sqsManagedSseEnabled"), says(_FILE, "ConflictsWith")),
            queue_rules.name(_API.format("API_CreateQueue")),
            between("delaySeconds", 0, 900, "seconds", _ATTRIBUTES),
            between("kmsDataKeyReusePeriodSeconds", 60, 86400, "seconds", _ATTRIBUTES),
            between("maxMessageSize", 1024, 1048576, "bytes", _ATTRIBUTES),
            between("messageRetentionSeconds", 60, 1209600, "seconds", _ATTRIBUTES),
            between("receiveWaitTimeSeconds", 0, 20, "seconds", _ATTRIBUTES),
            between("visibilityTimeoutSeconds", 0, 43200, "seconds", _ATTRIBUTES),
            one_of("deduplicationScope", ("messageGroup", "queue"), _ATTRIBUTES),
            one_of("fifoThroughputLimit", ("perQueue", "perMessageGroupId"), _ATTRIBUTES),
            queue_rules.only_for_fifo(_ATTRIBUTES),
            queue_rules.redrive(_ATTRIBUTES),
            queue_rules.redrive_allow(_ATTRIBUTES),
            policy("policy", "InvalidAttributeValue", principal=True, longest=_POLICY_LONGEST),
            queue_rules.actions_of_queues,
        ),
        references=(key("kmsMasterKeyId", "KmsNotFound"),),
        world=(queue_rules.dead_letters_fit,),
    ),
    TypeSpec(
        "aws:sqs/queuePolicy:QueuePolicy",
        id="{in.queueUrl}",
        unique=("queueUrl",),
        rules=(
            policy("policy", "InvalidAttributeValue", principal=True, longest=_POLICY_LONGEST),
            queue_rules.actions_of_queues,
        ),
        references=(
            Reference(
                "queueUrl",
                (QUEUE,),
                by=("id", "url"),
                code="AWS.SimpleQueueService.NonExistentQueue",
                holds=False,
            ),
        ),
    ),
)
