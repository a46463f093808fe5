"""S3: what keeps a bucket from losing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from infra.policy import types
from infra.policy.claims import (
    at_least,
    customer_key,
    fault,
    is_false_or_absent,
    is_true,
    must,
    protected,
    wrong,
)
from infra.policy.controls.storage import settings_of
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, Where, control

_BUCKET = (types.BUCKET,)
ABORT_DAYS = 7
LOCK_DAYS = 30
LOG_DAYS = 90


def holds_backups(bucket: Resource) -> bool:
    """Whether a bucket is for backups, by its logical name."""
    return "backup" in bucket.name


@control(
    "A48",
    "What is overwritten in a bucket can be had back",
    "s3.BucketVersioning status is Enabled",
    "S3.14 CKV_AWS_21",
    Severity.HIGH,
    _BUCKET,
)
def bucket_versioning(graph: Graph, _: Profile) -> Iterator[Finding]:
    for bucket in graph.of(types.BUCKET):
        found, missing = settings_of(graph, bucket, types.BUCKET_VERSIONING, "versioning")
        yield from missing
        for versioning in found:
            yield from must(
                versioning,
                "versioningConfiguration.status",
                lambda value: value == "Enabled",
                "must be Enabled",
                "set it",
            )


@control(
    "A49",
    "Old versions and unfinished uploads end",
    "s3 lifecycle of the whole bucket: noncurrent versions expire; multipart uploads are aborted "
    f"within {ABORT_DAYS} days; nothing ends within {LOCK_DAYS} days, access logs do after "
    f"{LOG_DAYS} or more",
    "S3.10/13 CKV_AWS_300 CKV2_AWS_61",
    Severity.LOW,
    _BUCKET,
)
def bucket_lifecycle(graph: Graph, _: Profile) -> Iterator[Finding]:
    for bucket in graph.of(types.BUCKET):
        found, missing = settings_of(graph, bucket, types.BUCKET_LIFECYCLE, "a lifecycle")
        yield from missing
        for lifecycle in found:
            rules = [rule for rule in lifecycle.items("rules") if _is_for_all(rule)]
            ends = [_days(r, "noncurrentVersionExpiration", "noncurrentDays") for r in rules]
            aborts = [
                _days(r, "abortIncompleteMultipartUpload", "daysAfterInitiation") for r in rules
            ]
            if not any(at_least(1)(days) for days in ends):
                yield fault(lifecycle, "must end noncurrent versions", "set noncurrent_days")
            if not any(at_least(1)(days) and days <= ABORT_DAYS for days in aborts):
                rule = f"must abort uploads within {ABORT_DAYS} days"
                yield fault(lifecycle, rule, "set days_after_initiation")
            takes_logs = bool(graph.users(bucket, "targetBucket", types.BUCKET_LOGGING))
            yield from _ends(lifecycle, takes_logs)


def _ends(lifecycle: Resource, takes_logs: bool) -> Iterator[Finding]:
    rules = [r for r in lifecycle.items("rules") if isinstance(r, Mapping)]
    enabled = [r for r in rules if r.get("status") == "Enabled"]
    ends = [_days(r, "expiration", "days") for r in enabled if r.get("expiration") is not None]
    parts = [r for r in enabled if not _is_for_all(r) and r.get("expiration") is None]
    if parts:
        yield fault(lifecycle, "must end what a rule of a prefix is for", "set expiration.days")
    if len(enabled) < len(rules):
        yield fault(lifecycle, "must have each rule Enabled", "enable it or take it out")
    if any(not at_least(LOCK_DAYS)(days) for days in ends):
        rule = f"must not end objects within {LOCK_DAYS} days"
        yield fault(lifecycle, rule, "raise the days of expiration")
    if takes_logs and not any(at_least(LOG_DAYS)(days) for days in ends):
        rule = f"must keep access logs for {LOG_DAYS} days or more, and end them"
        yield fault(lifecycle, rule, "set gacp:storage.logDays")


def _is_for_all(rule: Any) -> bool:
    if not isinstance(rule, Mapping) or rule.get("status") != "Enabled":
        return False
    return rule.get("filter") in (None, {}, {"prefix": ""}) and not rule.get("prefix")


def _days(rule: Mapping[str, Any], part: str, key: str) -> Any:
    value = rule.get(part)
    return value.get(key) if isinstance(value, Mapping) else None


@control(
    "A50",
    "Nobody deletes a backup for a month",
    f"bucket of backups: objectLockEnabled at creation, default retention of {LOCK_DAYS} days or "
    "more",
    "S3.15 CKV_AWS_143",
    Severity.HIGH,
    _BUCKET,
    where=Where.AWS,
)
def backup_lock(graph: Graph, _: Profile) -> Iterator[Finding]:
    for bucket in filter(holds_backups, graph.of(types.BUCKET)):
        yield from must(
            bucket,
            "objectLockEnabled",
            is_true,
            "must be true: S3 takes it at creation only",
            "set gacp:storage.backupLockDays",
        )
        locks, missing = settings_of(graph, bucket, types.BUCKET_LOCK, "an object lock")
        yield from missing
        for lock in locks:
            days = lock.get("rule.defaultRetention.days")
            years = lock.get("rule.defaultRetention.years")
            if not at_least(LOCK_DAYS)(days) and not at_least(1)(years):
                yield wrong(
                    lock,
                    "rule.defaultRetention.days",
                    f"must be at least {LOCK_DAYS}",
                    "raise gacp:storage.backupLockDays",
                )
            yield from must(
                lock,
                "rule.defaultRetention.mode",
                lambda value: value in ("GOVERNANCE", "COMPLIANCE"),
                "must be GOVERNANCE or COMPLIANCE",
                "set it",
            )


@control(
    "A52",
    "Access to buckets is logged, and backups lie in two regions",
    "s3.BucketLogging of every bucket but the logs' own, into one of its region; in prod backups "
    "are replicated to another region: encrypted objects too, under a customer key; deletes not; "
    "with metrics",
    "S3.9 S3.7 CKV_AWS_18/144",
    Severity.MEDIUM,
    _BUCKET,
)
def bucket_logging_and_replication(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for bucket in graph.of(types.BUCKET):
        is_replica = _region_of(bucket, profile) != profile.region
        if not graph.users(bucket, "targetBucket", types.BUCKET_LOGGING):
            found, missing = settings_of(graph, bucket, types.BUCKET_LOGGING, "access logging")
            yield from missing
            for logging in found:
                yield from _logged_beside(graph, bucket, logging, profile)
        if profile.is_prod and holds_backups(bucket) and not is_replica:
            yield from _replicated(graph, bucket, profile)


def _region_of(bucket: Resource, profile: Profile) -> str:
    return str(bucket.get("region") or profile.region)


def _logged_beside(
    graph: Graph, bucket: Resource, logging: Resource, profile: Profile
) -> Iterator[Finding]:
    for target in graph.linked(logging, "targetBucket", types.BUCKET):
        if _region_of(target, profile) != _region_of(bucket, profile):
            rule = f"must log into a bucket of {_region_of(bucket, profile)}, its own region"
            yield fault(logging, rule, f"make a bucket beside {bucket.name}")


def _replicated(graph: Graph, bucket: Resource, profile: Profile) -> Iterator[Finding]:
    found, missing = settings_of(graph, bucket, types.BUCKET_REPLICATION, "a copy elsewhere")
    yield from missing
    for replication in found:
        rules = replication.items("rules")
        if not any(isinstance(r, Mapping) and r.get("status") == "Enabled" for r in rules):
            yield wrong(replication, "rules", "must hold an enabled rule", "enable it")
        for rule in rules:
            target = rule.get("destination") if isinstance(rule, Mapping) else None
            if not isinstance(target, Mapping) or target.get("bucket") in (None, ""):
                yield wrong(replication, "rules", "must say where to copy to", "name a bucket")
            else:
                yield from _whole_and_safe(graph, replication, rule, target)
        for target in graph.linked(replication, "rules", types.BUCKET):
            if _region_of(target, profile) == profile.region:
                rule = f"must copy to another region than {profile.region}"
                yield fault(replication, rule, f"make {target.name} elsewhere (region)")


def _whole_and_safe(
    graph: Graph, replication: Resource, rule: Mapping[str, Any], target: Mapping[str, Any]
) -> Iterator[Finding]:
    """Everything is copied, encrypted objects too; what is deleted stays; failures are counted."""
    if _part(rule, "deleteMarkerReplication").get("status") != "Disabled":
        said = "must have deleteMarkerReplication Disabled: else a delete reaches the copy"
        yield fault(replication, said, "set its status to Disabled")
    chosen = _part(_part(rule, "sourceSelectionCriteria"), "sseKmsEncryptedObjects")
    if chosen.get("status") != "Enabled":
        said = "must copy objects that a KMS key encrypts: S3 leaves them out by itself"
        yield fault(replication, said, "set sse_kms_encrypted_objects to Enabled")
    key = _part(target, "encryptionConfiguration").get("replicaKmsKeyId")
    yield from customer_key(graph, replication, "rules", key)
    if _part(target, "metrics").get("status") != "Enabled":
        said = "must have metrics Enabled: else nobody hears of what is not copied"
        yield fault(replication, said, "set metrics to Enabled")


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part that is a map; an unknown one says nothing."""
    part = whole.get(name)
    return cast("Mapping[str, Any]", part) if isinstance(part, Mapping) else {}


@control(
    "A53",
    "Buckets are not emptied by the program",
    "s3.Bucket forceDestroy is false; option protect",
    "safety of stateful resources",
    Severity.HIGH,
    _BUCKET,
    where=Where.AWS,
    alone=True,
)
def bucket_end(graph: Graph, _: Profile) -> Iterator[Finding]:
    for bucket in graph.of(types.BUCKET):
        yield from must(
            bucket, "forceDestroy", is_false_or_absent, "must be false", "set gacp:safety.protect"
        )
        yield from protected(bucket)
