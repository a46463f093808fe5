"""Which buckets a stack has and how each is kept, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.config.model import StorageConfig
from infra.identity import bucket_policies, policies
from infra.naming import Names
from infra.tags import DataClass

ABORT_UPLOADS_AFTER_DAYS = 7
ARCHIVE_BACKUPS_AFTER_DAYS = 30
KEEP_BACKUPS_DAYS = 400  # a year of monthly dumps and one more month


@dataclass(frozen=True, slots=True)
class PlannedBucket:
    """`lifecycle` is in the SDK's words; `lock_days` of 0 means no object lock.

    `own_key` is false where S3 takes nothing but its own key.
    """

    role: str
    bucket: str
    data_class: DataClass
    policy: tuple[policies.Statement, ...]
    lifecycle: tuple[Mapping[str, object], ...]
    lock_days: int = 0
    own_key: bool = True


def plan_buckets(
    names: Names, account: str, config: StorageConfig, *, balancer_logs: bool = False
) -> dict[str, PlannedBucket]:
    """The buckets by role: `logs` first, since the others write to it, and a balancer if asked."""
    documents = names.bucket("documents", account)
    backups = names.bucket("backups", account)
    releases = names.bucket("releases", account)
    logs = names.bucket("logs", account)
    of_balancer = bucket_policies.bucket_takes_balancer_logs(logs, account)
    planned = (
        PlannedBucket(
            role="logs",
            bucket=logs,
            data_class=DataClass.INTERNAL,
            policy=(
                *bucket_policies.bucket_over_tls_only(logs),
                *bucket_policies.bucket_takes_access_logs(
                    logs, (documents, backups, releases), account
                ),
                *(of_balancer if balancer_logs else ()),
            ),
            lifecycle=(
                _cleaned(config.noncurrent_days),
                _ended("access/", config.log_days),
                *((_ended("balancer/", config.log_days),) if balancer_logs else ()),
            ),
            # Access logs can't be delivered to a bucket encrypted with a customer's key:
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
            own_key=False,
        ),
        PlannedBucket(
            role="documents",
            bucket=documents,
            data_class=DataClass.PERSONAL,
            policy=bucket_policies.bucket_over_tls_only(documents),
            lifecycle=(_cleaned(config.noncurrent_days),),
        ),
        PlannedBucket(
            role="backups",
            bucket=backups,
            data_class=DataClass.PERSONAL,
            policy=bucket_policies.bucket_over_tls_only(backups),
            lifecycle=(
                _cleaned(config.noncurrent_days),
                {
                    **_ended("", KEEP_BACKUPS_DAYS),
                    "id": "archive-then-end",
                    "transitions": [
                        {"days": ARCHIVE_BACKUPS_AFTER_DAYS, "storage_class": "GLACIER_IR"}
                    ],
                },
            ),
            lock_days=config.backup_lock_days,
        ),
        _releases(releases, config.noncurrent_days),
    )
    return {bucket.role: bucket for bucket in planned}


def _releases(bucket: str, noncurrent_days: int) -> PlannedBucket:
    """Bundles of the machines, named by their content.

    No rule ends them by age: the release that runs may be older than any age. A new release deletes
    the one before, which from then on is an old version and ends as such.
    """
    return PlannedBucket(
        role="releases",
        bucket=bucket,
        data_class=DataClass.INTERNAL,
        policy=bucket_policies.bucket_over_tls_only(bucket),
        lifecycle=(_cleaned(noncurrent_days),),
    )


def _cleaned(noncurrent_days: int) -> Mapping[str, object]:
    """Uploads that were never finished and versions that were overwritten don't stay for ever."""
    return {
        "id": "clean",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abort_incomplete_multipart_upload": {"days_after_initiation": ABORT_UPLOADS_AFTER_DAYS},
        "noncurrent_version_expiration": {"noncurrent_days": noncurrent_days},
    }


def _ended(prefix: str, days: int) -> Mapping[str, object]:
    return {
        "id": "end-balancer" if prefix == "balancer/" else "end",
        "status": "Enabled",
        "filter": {"prefix": prefix},
        "expiration": {"days": days},
    }
