"""EventBridge rules and their targets (pure table).

Sources: `internal/service/events` of hashicorp/terraform-provider-aws, and the EventBridge API
reference.
"""

from __future__ import annotations

from infra.local.aws.catalogue import event_rules
from infra.local.aws.catalogue.pointing import groups, role, subnets
from infra.local.aws.catalogue.provider_source import arn_of, named, says
from infra.local.aws.catalogue.roles import trusted_by
from infra.local.aws.catalogue.tokens import EVENT_RULE, QUEUE, SECRET
from infra.local.aws.rules.basic import at_most_one, between, length, one_of, pattern
from infra.local.aws.rules.documents import json_text
from infra.local.aws.spec import Autoname, Reference, TypeSpec

_FILE, _TARGET_FILE = "events/rule.go", "events/target.go"
_RULE_API = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"
_TARGET_API = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html"
_NAME = r"[\w.-]{1,64}"

TYPES = (
    TypeSpec(
        EVENT_RULE,
        id=event_rules.rule_id,
        computed={
            "name": named,
            "arn": arn_of("events:rule/{id}"),
        },
        autoname=Autoname(longest=64, unless=("namePrefix",)),
        unique=("eventBusName", "name"),
        exists="ResourceAlreadyExistsException",
        rules=(
            at_most_one(("name", "namePrefix"), says(_FILE, "ConflictsWith")),
            event_rules.one_state(says(_FILE, "ConflictsWith")),
            pattern("name", _NAME, "64 letters, digits and ._-", _RULE_API),
            length("description", 0, 512, _RULE_API),
            one_of(
                "state",
                ("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
                _RULE_API,
            ),
            event_rules.some_trigger(says(_FILE, "AtLeastOneOf")),
            event_rules.schedule("scheduleExpression", _RULE_API),
            event_rules.event_pattern(_RULE_API),
        ),
        references=(role("roleArn", "ValidationException"),),
        world=(trusted_by("roleArn", "events.amazonaws.com", "ValidationException"),),
        in_use="ValidationException",
    ),
    TypeSpec(
        "aws:cloudwatch/eventTarget:EventTarget",
        id=event_rules.target_id,
        computed={"targetId": event_rules.target_name},
        unique=("eventBusName", "rule", "targetId"),
        rules=(
            pattern("targetId", _NAME, "64 letters, digits and ._-", _TARGET_API),
            pattern(
                "arn", r"arn:aws[\w-]*:[\w-]+:[\w-]*:(\d{12})?:.+", "an ARN is wanted", _TARGET_API
            ),
            at_most_one(
                ("input", "inputPath", "inputTransformer"), says(_TARGET_FILE, "ConflictsWith")
            ),
            json_text("input", "ValidationException", _TARGET_API),
            length("input", 0, 8192, _TARGET_API),
            length("inputPath", 0, 256, _TARGET_API),
            length("inputTransformer.inputTemplate", 1, 8192, _TARGET_API),
            event_rules.input_paths(_TARGET_API),
            between("retryPolicy.maximumEventAgeInSeconds", 60, 86400, "seconds", _TARGET_API),
            between("retryPolicy.maximumRetryAttempts", 0, 185, "attempts", _TARGET_API),
        ),
        references=(
            Reference("rule", (EVENT_RULE,), ("id", "name"), "ResourceNotFoundException"),
            Reference("deadLetterConfig.arn", (QUEUE,), ("arn",), "ValidationException", False),
            Reference(
                "redshiftTarget.secretsManagerArn",
                (SECRET,),
                ("arn",),
                "ValidationException",
                holds=False,
            ),
            role("roleArn", "ValidationException"),
            subnets("ecsTarget.networkConfiguration.subnets[*]", holds=False),
            groups("ecsTarget.networkConfiguration.securityGroups[*]", holds=False),
        ),
        world=(
            trusted_by("roleArn", "events.amazonaws.com", "ValidationException"),
            event_rules.target_exists,
            event_rules.group_for_fifo,
        ),
    ),
)
