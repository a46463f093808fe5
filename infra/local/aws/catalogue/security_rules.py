"""Rules and computed values of KMS, Secrets Manager and IAM."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.aws.codec import Properties, Value
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.rules.documents import policy_faults
from infra.local.aws.spec import ACCOUNT, Computed, Failure, Rule, Scope

_TRUST_DOC = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"
_LOCKOUT_DOC = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
_ROTATION_DOC = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"


def now(_making: Making) -> Value:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iam_arn(kind: str) -> Computed:
    """IAM's ARNs carry the path: `arn:aws:iam::ACCOUNT:role/path/name`."""
    return lambda making: (
        f"arn:aws:iam::{ACCOUNT}:{kind}{making.given('path', '/')}{making.given('name')}"
    )


def attachment_id(making: Making) -> Value:
    policy = str(making.given("policyArn")).rpartition("/")[2]
    return f"{making.given('role')}-{policy}"


def default_key_policy(_making: Making) -> Value:
    """What CreateKey writes where no policy is given: the account may do everything."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Id": "key-default-1",
            "Statement": [
                {
                    "Sid": "Enable IAM User Permissions",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            ],
        },
        separators=(",", ":"),
    )


def rotation_days(making: Making) -> Value:
    return making.given("rotationPeriodInDays", 365) if making.given("enableKeyRotation") else None


def rotation(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Only symmetric keys for encryption rotate by themselves."""
    if (
        inputs.get("enableKeyRotation") is True
        and inputs.get("customerMasterKeySpec") != "SYMMETRIC_DEFAULT"
    ):
        yield Failure(
            "enableKeyRotation",
            f"UnsupportedOperationException: only SYMMETRIC_DEFAULT keys rotate ({_ROTATION_DOC})",
        )
    if inputs.get("rotationPeriodInDays") is not None and not inputs.get("enableKeyRotation"):
        yield Failure(
            "rotationPeriodInDays",
            f"rotationPeriodInDays needs enableKeyRotation ({_ROTATION_DOC})",
        )


def lockout(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """KMS refuses a key policy that would keep everyone from changing it again."""
    text = inputs.get("policy")
    if not known(text) or inputs.get("bypassPolicyLockoutSafetyCheck"):
        return
    try:
        document: Any = json.loads(str(text))
    except (ValueError, TypeError):
        return  # the rule on documents says so
    statements = document.get("Statement") or [] if isinstance(document, dict) else []
    for statement in [statements] if isinstance(statements, dict) else statements:
        actions = statement.get("Action") or []
        actions = [actions] if isinstance(actions, str) else actions
        if statement.get("Effect") == "Allow" and {
            "kms:*",
            "*",
            "kms:PutKeyPolicy",
            "kms:Put*",
        } & set(actions):
            return
    yield Failure(
        "policy",
        "MalformedPolicyDocumentException: The new key policy will not allow you to update the key"
        f" policy in the future; allow the account root kms:* ({_LOCKOUT_DOC})",
    )


def alias_name(inputs: Properties, _: Scope) -> Iterator[Failure]:
    if inputs.get("name") is None and inputs.get("namePrefix") is None:
        yield Failure("name", "name is needed, such as alias/data (API_CreateAlias)")


def recovery_window(source: str) -> Rule:
    """0 deletes at once; otherwise 7 to 30 days."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        days = inputs.get("recoveryWindowInDays")
        if isinstance(days, int) and days != 0 and not 7 <= days <= 30:
            yield Failure(
                "recoveryWindowInDays",
                f"InvalidParameterException: {days} days; 0, or 7 to 30 are allowed ({source})",
            )

    return rule


def secret_size(source: str) -> Rule:
    """A value of at most 65,536 bytes; a binary one in base64. Values are never shown."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for name in ("secretString", "secretStringWo", "secretBinary"):
            value = inputs.get(name)
            if not isinstance(value, str) or not known(value):
                continue
            size = len(value.encode())
            if name == "secretBinary":
                try:
                    size = len(base64.b64decode(value, validate=True))
                except binascii.Error:
                    yield Failure(
                        name, f"InvalidParameterException: {name} is not base64 ({source})"
                    )
            if not 1 <= size <= 65536:
                yield Failure(
                    name,
                    f"InvalidParameterException: {name} has {size} bytes, 1 to 65536 are allowed"
                    f" ({source})",
                )

    return rule


def trust(path: str) -> Rule:
    """Who may take the role: principals, and only sts: actions."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        value = inputs.get(path)
        if not known(value):
            return
        reasons = list(policy_faults(value, principal=True, longest=4096))
        for reason in reasons:
            yield Failure(path, f"MalformedPolicyDocument: {path}: {reason} ({_TRUST_DOC})")
        if reasons:
            return
        document: Any = json.loads(value) if isinstance(value, str) else value
        statements = document["Statement"]
        for statement in [statements] if isinstance(statements, dict) else statements:
            actions = statement.get("Action") or []
            for action in [actions] if isinstance(actions, str) else actions:
                if not action.startswith("sts:") and action != "*":
                    yield Failure(
                        path,
                        "MalformedPolicyDocument: AssumeRole policy may only specify STS actions,"
                        f" not {action!r} ({_TRUST_DOC})",
                    )
            if "Resource" in statement:
                yield Failure(
                    path, f"MalformedPolicyDocument: Has prohibited field Resource ({_TRUST_DOC})"
                )

    return rule
