"""SNS and SSM parameters (pure table).

Sources: `internal/service/{sns,ssm}` of hashicorp/terraform-provider-aws: ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import service_rules
from infra.local.aws.catalogue.tokens import (
    KEY,
    KEY_ALIAS,
    TOPIC,
)
from infra.local.aws.rules.basic import one_of, pattern
from infra.local.aws.rules.documents import json_text, policy
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

TF = "terraform-provider-aws internal/service/{}: {}"
_SNS = "https://docs.aws.amazon.com/sns/latest/api/{}.html"
_SSM = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"

TYPES = (
    TypeSpec(
        TOPIC,
        id="arn:aws:sns:{region}:{account}:{in.name}",
        computed={
            "arn": "{id}",
            "owner": "{account}",
            "policy": service_rules.default_topic_policy,
            "beginningArchiveTime": "",
            "signatureVersion": always(1),
            "tracingConfig": "PassThrough",
        },
        autoname=Autoname(longest=256, unless=("namePrefix",)),
        unique=("name",),
        rules=(
            pattern(
                "name",
                r"[A-Za-z0-9_-]{1,256}(\.fifo)?",
                "letters, digits, - and _",
                _SNS.format("API_CreateTopic"),
            ),
            policy("policy", "InvalidParameter", principal=True, longest=30720),
            service_rules.fifo_name,
        ),
        references=(
            Reference(
                "kmsMasterKeyId",
                (KEY, KEY_ALIAS),
                by=("id", "arn", "keyId"),
                code="KMSNotFound",
                holds=False,
            ),
        ),
    ),
    TypeSpec(
        "aws:sns/topicPolicy:TopicPolicy",
        id="{in.arn}",
        computed={"owner": "{account}"},
        unique=("arn",),
        rules=(policy("policy", "InvalidParameter", principal=True, longest=30720),),
        references=(Reference("arn", (TOPIC,), by=("arn",), code="NotFound", holds=False),),
    ),
    TypeSpec(
        "aws:sns/topicSubscription:TopicSubscription",
        id="{in.topic}:{uuid}",
        computed={
            "arn": "{id}",
            "ownerId": "{account}",
            "confirmationWasAuthenticated": always(False),
            "pendingConfirmation": lambda making: (
                making.given("protocol") in ("email", "email-json", "http", "https")
            ),
            "filterPolicyScope": lambda making: (
                "MessageAttributes" if making.given("filterPolicy") else None
            ),
        },
        unique=("topic", "protocol", "endpoint"),
        rules=(
            one_of(
                "protocol",
                (
                    "application",
                    "email",
                    "email-json",
                    "firehose",
                    "http",
                    "https",
                    "lambda",
                    "sms",
                    "sqs",
                ),
                _SNS.format("API_Subscribe"),
            ),
            service_rules.endpoint_of_protocol(_SNS.format("API_Subscribe")),
            json_text("filterPolicy", "InvalidParameter", _SNS.format("API_Subscribe")),
        ),
        references=(Reference("topic", (TOPIC,), by=("arn",), code="NotFound", holds=False),),
    ),
    TypeSpec(
        "aws:ssm/parameter:Parameter",
        id="{in.name}",
        computed={
            "arn": service_rules.parameter_arn,
            "version": lambda making: int(making.outputs.get("version") or 0) + 1,
            "dataType": "text",
            "tier": "Standard",
            "hasValueWo": lambda making: making.given("valueWoVersion") is not None,
            "keyId": lambda making: (
                "alias/aws/ssm" if making.given("type") == "SecureString" else None
            ),
            "insecureValue": lambda making: (
                None if making.given("type") == "SecureString" else making.given("value")
            ),
        },
        live=("version",),
        autoname=Autoname(longest=1011),
        unique=("name",),
        exists="ParameterAlreadyExists",
        rules=(
            pattern(
                "name",
                r"(?!/?(aws|ssm)/)[a-zA-Z0-9_.\-/]{1,1011}",
                "letters, digits and .-_/, not beginning with aws or ssm",
                _SSM,
            ),
            one_of("type", ("String", "StringList", "SecureString"), _SSM),
            one_of("tier", ("Standard", "Advanced", "Intelligent-Tiering"), _SSM),
            service_rules.parameter_value(_SSM),
        ),
    ),
)
