"""Rotation of secrets (pure table), and its rules.

Sources: what pulumi-aws says of the inputs (the Terraform source that was read is older and has
`rotationEnabled` as an output only), and the API reference of Secrets Manager.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.local.aws.catalogue.event_rules import schedule_fault
from infra.local.aws.catalogue.pointing import role
from infra.local.aws.catalogue.tokens import SECRET
from infra.local.aws.codec import Properties, at
from infra.local.aws.rules.basic import between, known, pattern
from infra.local.aws.spec import Failure, Reference, Scope, TypeSpec

_SDK = "pulumi-aws 7.51.1, SecretRotation: rotationEnabled, rotationRules"
_API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_{}.html"
_RULES = _API.format("RotationRulesType")


def rules_or_off(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Rules are needed unless rotation is off, and then there are none."""
    off, given = inputs.get("rotationEnabled") is False, inputs.get("rotationRules")
    if off == (given is not None):
        shown = "rotationRules cannot be set when rotationEnabled is false"
        needed = "rotationRules is required unless rotationEnabled is false"
        yield Failure("rotationRules", f"{shown if off else needed} ({_SDK})")


def schedule_of_rotation(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """`rate(…)` in days or in hours from 4 on, or `cron(…)` with 0 as minutes."""
    for value in at(inputs, "rotationRules.scheduleExpression"):
        if not known(value):
            continue
        fault = schedule_fault(str(value))
        hours = re.fullmatch(r"rate\((\d+) (minute|hour)s?\)", str(value))
        if not fault and hours and (hours[2] == "minute" or int(hours[1]) < 4):
            fault = "is more often than every 4 hours"
        if not fault and re.match(r"cron\((?!0 )", str(value)):
            fault = "does not begin on the hour: the minutes of its cron are 0"
        if fault:
            shown = f"InvalidParameterException: scheduleExpression {value!r} {fault}"
            yield Failure("rotationRules", f"{shown} ({_RULES})")


TYPES = (
    TypeSpec(
        "aws:secretsmanager/secretRotation:SecretRotation",
        id="{in.secretId}",
        computed={"rotationEnabled": lambda making: making.given("rotationRules") is not None},
        live=("rotationEnabled",),
        unique=("secretId",),
        rules=(
            rules_or_off,
            schedule_of_rotation,
            between("rotationRules.automaticallyAfterDays", 1, 1000, "days", _RULES),
            pattern("rotationRules.duration", r"\d{1,2}h", "hours, such as 3h", _RULES),
            pattern(
                "rotationLambdaArn",
                r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:.+",
                "the ARN of a function",
                _API.format("RotateSecret"),
            ),
        ),
        references=(
            Reference(
                "secretId",
                (SECRET,),
                by=("id", "arn"),
                code="ResourceNotFoundException",
                holds=False,
            ),
            role("externalSecretRotationRoleArn", "InvalidRequestException"),
        ),
    ),
)
