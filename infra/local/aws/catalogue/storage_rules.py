"""Rules of S3 that ask about more than one input."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import BUCKET, PUBLIC_ACCESS, VERSIONING
from infra.local.aws.codec import Properties, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

# https://docs.aws.amazon.com/general/latest/gr/s3.html, website endpoints.
_WEBSITE_ZONES = {
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-7": "Z0031014GXUMRZG6I14G",
    "us-east-1": "Z3AQBSTGFYJSTF",
}


def website_zone(making: Making) -> Value:
    return _WEBSITE_ZONES.get(making.region, "Z3AQBSTGFYJSTF")


def bucket_name(source: str) -> Rule:
    """3 to 63 lower-case letters, digits, dots and hyphens; no address, no reserved beginning or
    end.
    """

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        name = inputs.get("bucket")
        if isinstance(name, str) and known(name):
            fault = _name_fault(name)
            if fault:
                yield Failure("bucket", f"InvalidBucketName: {name!r} {fault} ({source})")

    return rule


def _name_fault(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or ".." in name:
        return (
            "is not 3 to 63 lower-case letters, digits, single dots and hyphens between letters or"
            " digits"
        )
    if name.startswith(("xn--", "sthree-", "amzn-s3-demo-")) or name.endswith(
        ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
    ):
        return "has a beginning or end that AWS keeps for itself"
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return ""
    return "is an IP address"


def key_only_with_kms(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for default in blocks(inputs, "rules[*].applyServerSideEncryptionByDefault"):
            if default.get("sseAlgorithm") == "AES256" and default.get("kmsMasterKeyId"):
                yield Failure(
                    "rules",
                    f"InvalidArgument: kmsMasterKeyId goes with aws:kms, not AES256 ({source})",
                )

    return rule


def lifecycle(source: str) -> Rule:
    """Each rule does something, ids differ, and days go with days."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        rules = blocks(inputs, "rules[*]")
        ids = [item["id"] for item in rules if known(item.get("id"))]
        if len(set(ids)) != len(ids):
            yield Failure("rules", f"InvalidArgument: rule ids {ids} are not distinct ({source})")
        for item in rules:
            if not any(item.get(action) for action in _ACTIONS):
                shown = f"MalformedXML: rule {item.get('id')!r} has none of {', '.join(_ACTIONS)}"
                yield Failure("rules", f"{shown} ({source})")
            yield from _expiry_faults(item, source)

    return rule


_ACTIONS = (
    "abortIncompleteMultipartUpload",
    "expiration",
    "noncurrentVersionExpiration",
    "noncurrentVersionTransitions",
    "transitions",
)


def _expiry_faults(rule: Properties, source: str) -> Iterator[Failure]:
    days = next((each.get("days") for each in blocks(rule, "expiration")), None)
    for transition in blocks(rule, "transitions[*]"):
        after = transition.get("days")
        if isinstance(days, int) and isinstance(after, int) and after >= days:
            yield Failure(
                "rules",
                f"InvalidArgument: rule {rule.get('id')!r} expires after {days} days, before or at"
                f" its transition after {after} ({source})",
            )
        if (
            transition.get("storageClass") in ("STANDARD_IA", "ONEZONE_IA")
            and isinstance(after, int)
            and after < 30
        ):
            yield Failure(
                "rules",
                f"InvalidArgument: {transition['storageClass']} takes objects from 30 days on, not"
                f" {after} ({source})",
            )


def not_into_itself(source: str) -> Rule:
    """Logs of a bucket into the same bucket are logged again, without end."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        target = inputs.get("targetBucket")
        if known(target) and target == inputs.get("bucket"):
            yield Failure(
                "targetBucket",
                f"{target!r} would log into itself; use a bucket for logs ({source})",
            )

    return rule


def one_retention(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for retention in blocks(inputs, "rule.defaultRetention"):
            if (retention.get("days") is None) == (retention.get("years") is None):
                yield Failure(
                    "rule", f"MalformedXML: exactly one of days and years is needed ({source})"
                )

    return rule


def some_target(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = ("topics", "queues", "lambdaFunctions", "eventbridge")
        if not any(inputs.get(name) for name in names):
            yield Failure("topics", f"one of {', '.join(names)} is needed ({source})")
        for event in (e for name in names[:3] for e in at(inputs, f"{name}[*].events[*]")):
            if known(event) and not str(event).startswith("s3:"):
                yield Failure(
                    "topics",
                    f"InvalidArgument: {event!r} is no event such as s3:ObjectCreated:* ({source})",
                )

    return rule


def policy_is_of_this_bucket(_world: World, making: Making) -> None:
    """Every resource of a bucket's policy is the bucket or something in it."""
    bucket = making.given("bucket")
    document: Any = making.given("policy")
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        resources = statement.get("Resource", [])
        for resource in [resources] if isinstance(resources, str) else resources:
            named = resource.removeprefix("arn:aws:s3:::").split("/")[0]
            if resource != "*" and named != bucket and "*" not in named:
                raise AwsError(
                    "MalformedPolicy",
                    f"Policy has invalid resource: {resource!r} is not of bucket {bucket!r}",
                )


def blocks_public(world: World, bucket: Value, name: str) -> bool:
    """Whether the bucket blocks this: new ones do, until a setting of their own says otherwise
    (userguide/access-control-block-public-access.html).
    """
    given = world.output(PUBLIC_ACCESS, bucket, name)
    return given is not False


def public_policy_is_blocked(world: World, making: Making) -> None:
    """A policy for everyone is refused where blockPublicPolicy is on, as it is on new buckets."""
    block = blocks_public(world, making.given("bucket"), "blockPublicPolicy")
    document: Any = making.given("policy")
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        everyone = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        if (
            block
            and everyone
            and statement.get("Effect") == "Allow"
            and not statement.get("Condition")
        ):
            raise AwsError(
                "AccessDenied",
                f"{making.given('bucket')} blocks public policies, and this one allows everyone",
                state=True,
            )


def _is_locked(world: World, bucket: Value) -> bool:
    return bool(world.output(BUCKET, bucket, "objectLockEnabled"))


def locked_bucket_stays_versioned(world: World, making: Making) -> None:
    """A bucket with object lock is versioned for good."""
    bucket = making.given("bucket")
    status = making.given("versioningConfiguration", {}).get("status")
    if _is_locked(world, bucket) and status != "Enabled":
        raise AwsError(
            "InvalidBucketState",
            f"{bucket} has Object Lock, so its versioning cannot be {status}",
            state=True,
        )


def lock_needs_versioning(world: World, making: Making) -> None:
    """Object Lock is set on a bucket that was made with it, or that is versioned."""
    bucket = making.given("bucket")
    versioning: Any = world.output(VERSIONING, bucket, "versioningConfiguration") or {}
    if not _is_locked(world, bucket) and plain(versioning).get("status") != "Enabled":
        raise AwsError(
            "InvalidBucketState",
            f"versioning of {bucket} must be Enabled before Object Lock is configured",
            state=True,
        )
