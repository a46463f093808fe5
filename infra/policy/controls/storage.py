"""S3: what keeps a bucket from leaking. Settings are resources beside the bucket, joined here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from infra.policy import types
from infra.policy.claims import (
    Statement,
    customer_key,
    everybodys,
    fault,
    is_derived,
    is_given,
    is_true,
    must,
    statements,
    texts,
    wrong,
)
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, control

FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_BUCKET = (types.BUCKET,)


def settings_of(
    graph: Graph, bucket: Resource, kind: str, what: str
) -> tuple[list[Resource], list[Finding]]:
    """The bucket's settings of a kind, and what is wrong where there are none."""
    found = graph.users(bucket, "bucket", kind)
    name = kind.rpartition(":")[2]
    missing = [] if found else [fault(bucket, f"must have {what}", f"add an s3.{name}")]
    return found, missing


@control(
    "A45",
    "No bucket can be made public",
    f"s3.BucketPublicAccessBlock of every bucket: {', '.join(FLAGS)} are true",
    "S3.8 CKV_AWS_53-56 CKV2_AWS_6",
    Severity.CRITICAL,
    _BUCKET,
)
def access_block(graph: Graph, _: Profile) -> Iterator[Finding]:
    for bucket in graph.of(types.BUCKET):
        blocks, missing = settings_of(graph, bucket, types.BUCKET_ACCESS_BLOCK, "an access block")
        yield from missing
        for block in blocks:
            for flag in FLAGS:
                yield from must(block, flag, is_true, "must be true", "set it to true")


@control(
    "A46",
    "Buckets are reached over TLS, and never by everybody",
    "s3.BucketPolicy denies aws:SecureTransport false for the whole bucket; nothing is allowed to "
    "Principal * or to a service for every account",
    "S3.5 CKV_AWS_379/70",
    Severity.HIGH,
    _BUCKET,
)
def bucket_policy(graph: Graph, _: Profile) -> Iterator[Finding]:
    for bucket in graph.of(types.BUCKET):
        policies, missing = settings_of(graph, bucket, types.BUCKET_POLICY, "a policy")
        yield from missing
        for policy in policies:
            if is_derived(graph, policy, "policy"):
                continue
            listed = statements(policy.get("policy"))
            if listed is None:
                yield wrong(policy, "policy", "must be a policy that can be read", "see its JSON")
                continue
            if not any(_denies_plain_http(each) for each in listed):
                yield fault(
                    policy,
                    "must deny everything to everybody where aws:SecureTransport is false",
                    "add the statement of infra/identity/policies.py:bucket_over_tls_only",
                )
            yield from everybodys(policy, listed)


def _denies_plain_http(statement: Statement) -> bool:
    condition = statement.get("Condition")
    conditions: Mapping[str, Any] = (
        cast("Mapping[str, Any]", condition) if isinstance(condition, Mapping) else {}
    )
    flag = texts((conditions.get("Bool") or {}).get("aws:SecureTransport"))
    resources = texts(statement.get("Resource"))
    return (
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and "s3:*" in texts(statement.get("Action"))
        and [each.lower() for each in flag] == ["false"]
        and len(conditions) == 1
        and any(each.endswith("/*") for each in resources)
        and any(not each.endswith("/*") for each in resources)
    )


@control(
    "A47",
    "Buckets are encrypted with our key",
    "s3 encryption is aws:kms with a customer key and bucketKeyEnabled; AES256 for a bucket that "
    "takes access logs, since S3 delivers to no other",
    "S3.17 CKV_AWS_145",
    Severity.HIGH,
    _BUCKET,
)
def bucket_encryption(graph: Graph, _: Profile) -> Iterator[Finding]:
    for bucket in graph.of(types.BUCKET):
        found, missing = settings_of(graph, bucket, types.BUCKET_ENCRYPTION, "an encryption")
        yield from missing
        takes_logs = bool(graph.users(bucket, "targetBucket", types.BUCKET_LOGGING))
        for encryption in found:
            rules = encryption.items("rules")
            if not rules or UNKNOWN in rules:
                yield wrong(encryption, "rules", "must say how to encrypt", "add a rule")
                continue
            for rule in rules:
                yield from _encryption_rule(graph, encryption, rule, takes_logs)


def _encryption_rule(
    graph: Graph, encryption: Resource, rule: Mapping[str, Any], takes_logs: bool
) -> Iterator[Finding]:
    default = rule.get("applyServerSideEncryptionByDefault")
    given: Mapping[str, Any] = default if isinstance(default, Mapping) else {}
    algorithm = given.get("sseAlgorithm")
    if takes_logs and algorithm == "AES256":
        return
    if algorithm not in ("aws:kms", "aws:kms:dsse"):
        wanted = "must be AES256" if takes_logs else "must be aws:kms"
        shown = "not given" if algorithm is None else algorithm
        yield Finding(encryption.urn, "rules.sseAlgorithm", shown, wanted, "set sse_algorithm")
        return
    yield from customer_key(graph, encryption, "rules", given.get("kmsMasterKeyId"))
    if not is_true(rule.get("bucketKeyEnabled")):
        yield fault(encryption, "must have bucketKeyEnabled", "KMS is asked per object without it")


@control(
    "A51",
    "Access to buckets is a matter of policies alone",
    "s3.BucketOwnershipControls is BucketOwnerEnforced; no acl",
    "S3.12 CKV2_AWS_65",
    Severity.MEDIUM,
    _BUCKET,
)
def bucket_ownership(graph: Graph, _: Profile) -> Iterator[Finding]:
    for bucket in graph.of(types.BUCKET):
        found, missing = settings_of(graph, bucket, types.BUCKET_OWNERSHIP, "ownership controls")
        yield from missing
        for controls in found:
            yield from must(
                controls,
                "rule.objectOwnership",
                lambda value: value == "BucketOwnerEnforced",
                "must be BucketOwnerEnforced",
                "set it: access lists are off then",
            )
        for acl in graph.users(bucket, "bucket", types.BUCKET_ACL):
            yield fault(acl, "must not be", "write a policy instead")
        if is_given(bucket.get("acl")) or bucket.get("acl") is UNKNOWN:
            yield wrong(bucket, "acl", "must be absent", "write a policy instead")
