"""Rules of a bucket's replication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import BUCKET, KEY, REPLICATION, VERSIONING
from infra.local.aws.codec import Properties, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, foreseen, known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_SETUP = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"


def one_filter(source: str) -> Rule:
    """A filter (which needs a word on delete markers) or the older prefix, not both."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for given in blocks(inputs, "rules[*]"):
            name, newer = given.get("id"), given.get("filter") is not None
            if newer and given.get("prefix") is not None:
                shown = f"MalformedXML: rule {name!r} has filter and prefix; leave prefix out"
                yield Failure("rules", f"{shown} ({source})")
            if newer != (given.get("deleteMarkerReplication") is not None):
                verb = "needs" if newer else "takes no"
                why = "with" if newer else "without"
                shown = f"InvalidRequest: rule {name!r} {verb} deleteMarkerReplication {why} filter"
                yield Failure("rules", f"{shown} ({source})")
            filters: Any = given.get("filter")
            ways = filters.keys() & {"prefix", "tag", "and"} if isinstance(filters, dict) else ()
            if len(ways) > 1:
                shown = f"MalformedXML: the filter of rule {name!r} has {', '.join(sorted(ways))}"
                yield Failure("rules", f"{shown}; put them into and ({source})")

    return rule


def encrypted_objects(source: str) -> Rule:
    """Objects under KMS keys are copied only with a key for the copy, and the reverse."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for given in blocks(inputs, "rules[*]"):
            chosen = foreseen(given, "sourceSelectionCriteria.sseKmsEncryptedObjects.status")
            key = foreseen(given, "destination.encryptionConfiguration.replicaKmsKeyId")
            if "Enabled" in chosen and not key:
                shown = "sseKmsEncryptedObjects needs destination.encryptionConfiguration"
                yield Failure("rules", f"InvalidRequest: {shown} ({source})")
            if any(map(known, key)) and not chosen:
                shown = "encryptionConfiguration needs sourceSelectionCriteria"
                yield Failure("rules", f"InvalidRequest: {shown}.sseKmsEncryptedObjects ({source})")

    return rule


def _may_be_on(status: Value) -> bool:
    return not known(status) or status == "Enabled"


def in_time(source: str) -> Rule:
    """Copying within 15 minutes is measured; another owner is an account."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for given in blocks(inputs, "rules[*]"):
            timed = foreseen(given, "destination.replicationTime.status")
            measured = foreseen(given, "destination.metrics.status")
            if "Enabled" in timed and not any(map(_may_be_on, measured)):
                shown = "InvalidRequest: replicationTime needs metrics, Enabled"
                yield Failure("rules", f"{shown} ({source})")
            owner = foreseen(given, "destination.accessControlTranslation.owner")
            if any(map(known, owner)) and not foreseen(given, "destination.account"):
                shown = "InvalidRequest: accessControlTranslation needs account"
                yield Failure("rules", f"{shown} ({source})")

    return rule


def distinct(source: str) -> Rule:
    """Ids and priorities stand once."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for name in ("id", "priority"):
            values = [
                given.get(name) for given in blocks(inputs, "rules[*]") if known(given.get(name))
            ]
            if len(set(values)) < len(values):
                shown = f"InvalidArgument: rules have {name} {values}, which are not distinct"
                yield Failure("rules", f"{shown} ({source})")

    return rule


def _is_versioned(world: World, bucket: Value) -> bool:
    versioning: Any = plain(world.output(VERSIONING, bucket, "versioningConfiguration")) or {}
    locked = bool(world.output(BUCKET, bucket, "objectLockEnabled"))
    return locked or versioning.get("status") == "Enabled"


def both_are_versioned(world: World, making: Making) -> None:
    """Versioning is on at both ends, and the ends are two buckets."""
    source = making.given("bucket")
    if not _is_versioned(world, source):
        raise AwsError(
            "InvalidRequest",
            f"Versioning must be 'Enabled' on the bucket {source} to apply a replication"
            f" configuration; make its BucketVersioning first (depends_on) ({_SETUP})",
            state=True,
        )
    for arn in at(making.inputs, "rules[*].destination.bucket"):
        target = str(arn).rpartition(":")[2]
        if target == source:
            raise AwsError("InvalidRequest", f"bucket {source} cannot be copied into itself")
        if not _is_versioned(world, target):
            raise AwsError(
                "InvalidRequest",
                f"Destination bucket {target} must have versioning enabled; make its"
                f" BucketVersioning first (depends_on) ({_SETUP})",
                state=True,
            )


def key_is_beside_the_copy(world: World, making: Making) -> None:
    """The key of the copies is of the destination's region."""
    for given in blocks(making.inputs, "rules[*]"):
        bucket = world.find((BUCKET,), at(given, "destination.bucket")[0], ("arn",))
        for arn in at(given, "destination.encryptionConfiguration.replicaKmsKeyId"):
            key = world.find((KEY,), arn, ("arn",), anywhere=True)
            if bucket and key and bucket.region != key.region:
                raise AwsError(
                    "InvalidRequest",
                    f"replicaKmsKeyId {arn} is of {key.region} and bucket {bucket.id} of"
                    f" {bucket.region}",
                )


def _is_replicated(world: World, bucket: Value) -> bool:
    return bool(world.where(REPLICATION, "bucket", bucket))


def replicated_bucket_stays_versioned(world: World, making: Making) -> None:
    """What is copied stays versioned (PutBucketVersioning)."""
    bucket = making.given("bucket")
    status: Any = making.given("versioningConfiguration", {})
    if status.get("status") != "Enabled" and _is_replicated(world, bucket):
        _refuse(bucket)


def versioning_may_go(world: World, making: Making) -> None:
    """Taking the setting away suspends versioning (bucket_versioning.go: Delete)."""
    bucket = making.given("bucket")
    if _is_replicated(world, bucket) and world.store.get(BUCKET, bucket):
        _refuse(bucket)


def _refuse(bucket: Value) -> None:
    raise AwsError(
        "InvalidBucketState",
        f"A replication configuration is present on bucket {bucket}, so you cannot change the"
        " versioning state; delete the replication first",
        state=True,
    )
