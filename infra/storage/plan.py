"""Which buckets a stack has and how each is kept, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.config.model import StorageConfig
from infra.config.operations import BackupConfig
from infra.identity import bucket_policies, policies
from infra.naming import Names
from infra.tags import DataClass

ABORT_UPLOADS_AFTER_DAYS = 7
ARCHIVE_MONTHLY_AFTER_DAYS = 30  # the others end before 90 days of GLACIER_IR, its least, are over
# A dump that ended or was deleted is gone after as many days more (or when its lock ends): longer
# would keep personal data that its prefix says has ended.
FORGET_BACKUPS_AFTER_DAYS = 14


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
    names: Names,
    account: str,
    config: StorageConfig,
    backup: BackupConfig,
    *,
    balancer_logs: bool = False,
    cdn_logs: bool = False,
) -> dict[str, PlannedBucket]:
    """The buckets by role: `logs` first, since the others write to it, and a balancer and
    CloudFront if asked."""
    documents = names.bucket("documents", account)
    backups = names.bucket("backups", account)
    releases = names.bucket("releases", account)
    logs = names.bucket("logs", account)
    planned = (
        _logs(
            "logs",
            logs,
            (documents, backups, releases),
            account,
            config,
            balancer=balancer_logs,
            delivery_source=names.of("cdn") if cdn_logs else "",
        ),
        PlannedBucket(
            role="documents",
            bucket=documents,
            data_class=DataClass.PERSONAL,
            policy=bucket_policies.bucket_over_tls_only(documents),
            lifecycle=(_cleaned(config.noncurrent_days),),
        ),
        _backups("backups", backups, config, backup),
        _releases(releases, config.noncurrent_days),
    )
    return {bucket.role: bucket for bucket in planned}


def plan_copies(
    names: Names, account: str, config: StorageConfig, backup: BackupConfig
) -> dict[str, PlannedBucket]:
    """The buckets of the other region: the copy of `backups`, and who reached for it.

    Lifecycles aren't replicated, so the copy has the same ones itself.
    """
    copy, logs = names.bucket("backups-copy", account), names.bucket("logs-copy", account)
    planned = (
        _logs("logs-copy", logs, (copy,), account, config),
        _backups("backups-copy", copy, config, backup),
    )
    return {bucket.role: bucket for bucket in planned}


def _logs(
    role: str,
    bucket: str,
    sources: tuple[str, ...],
    account: str,
    config: StorageConfig,
    *,
    balancer: bool = False,
    delivery_source: str = "",
) -> PlannedBucket:
    of_balancer = bucket_policies.bucket_takes_balancer_logs(bucket, account)
    of_cdn = bucket_policies.bucket_takes_delivered_logs(bucket, account, delivery_source)
    return PlannedBucket(
        role=role,
        bucket=bucket,
        data_class=DataClass.INTERNAL,
        policy=(
            *bucket_policies.bucket_over_tls_only(bucket),
            *bucket_policies.bucket_takes_access_logs(bucket, sources, account),
            *(of_balancer if balancer else ()),
            *(of_cdn if delivery_source else ()),
        ),
        lifecycle=(
            _cleaned(config.noncurrent_days),
            _ended("end", "access/", config.log_days),
            *((_ended("end-balancer", "balancer/", config.log_days),) if balancer else ()),
            *((_ended("end-cdn", "AWSLogs/", config.log_days),) if delivery_source else ()),
        ),
        # Access logs can't be delivered to a bucket encrypted with a customer's key:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        own_key=False,
    )


def _backups(role: str, bucket: str, config: StorageConfig, backup: BackupConfig) -> PlannedBucket:
    """What lies under none of the three prefixes never ends, such as the audit log's anchor."""
    archived = {"days": ARCHIVE_MONTHLY_AFTER_DAYS, "storage_class": "GLACIER_IR"}
    monthly = _ended("monthly", "monthly/", backup.monthly_days)
    return PlannedBucket(
        role=role,
        bucket=bucket,
        data_class=DataClass.PERSONAL,
        policy=bucket_policies.bucket_over_tls_only(bucket),
        lifecycle=(
            _cleaned(min(config.noncurrent_days, FORGET_BACKUPS_AFTER_DAYS)),
            _ended("daily", "daily/", backup.daily_days),
            _ended("weekly", "weekly/", backup.weekly_days),
            {**monthly, "transitions": [archived]},
        ),
        lock_days=config.backup_lock_days,
    )


def _releases(bucket: str, noncurrent_days: int) -> PlannedBucket:
    """Bundles of the machines, named by their content.

    No rule ends them by age: the release that runs may be older than any age.
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


def _ended(name: str, prefix: str, days: int) -> Mapping[str, object]:
    return {
        "id": name,
        "status": "Enabled",
        "filter": {"prefix": prefix},
        "expiration": {"days": days},
    }
