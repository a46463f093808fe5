"""What the application's workloads may do on AWS, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from infra.identity.policies import Statement, allow, writes_log_group


@dataclass(frozen=True, slots=True)
class WorkloadAccess:
    """ARNs of what the workloads use. Empty entries of `readable_secrets` are left out."""

    documents_bucket: str
    backups_bucket: str
    app_secret: str
    readable_secrets: tuple[str, ...]
    data_key: str
    repository: str
    log_group: str
    redis: tuple[str, ...]  # replication groups and the users that sign in to them


def workload_statements(access: WorkloadAccess) -> tuple[Statement, ...]:
    """Everything on one machine: what any of the workloads needs, and pulling their image.

    Least privilege: named resources throughout, but for the one call that takes none.
    """
    return (
        *_documents(access),
        *_backups(access),
        allow(
            "ListBuckets",
            ["s3:GetBucketLocation", "s3:ListBucket"],
            [access.documents_bucket, access.backups_bucket],
        ),
        *_secrets(access),
        allow(
            "GiveTheFirstSecret",
            ["secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue"],
            [access.app_secret],
        ),
        allow("UseDataKey", ["kms:Decrypt", "kms:GenerateDataKey"], [access.data_key]),
        allow(
            "PullImages",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [access.repository],
        ),
        # This call names no resource; what it gives opens only what the statement above allows.
        allow("SignInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
        *_redis(access),
        *writes_log_group(access.log_group),
    )


def api_statements(access: WorkloadAccess) -> tuple[Statement, ...]:
    """API and portal in a cluster: documents, secrets, Redis. The node pulls the image."""
    return (
        *_documents(access),
        allow(
            "ListDocuments", ["s3:GetBucketLocation", "s3:ListBucket"], [access.documents_bucket]
        ),
        *_secrets(access),
        allow("UseDataKey", ["kms:Decrypt", "kms:GenerateDataKey"], [access.data_key]),
        *_redis(access),
    )


def worker_statements(access: WorkloadAccess) -> tuple[Statement, ...]:
    """Worker in a cluster: as the API, and backups."""
    return (
        *api_statements(access),
        *_backups(access),
        allow("ListBackups", ["s3:GetBucketLocation", "s3:ListBucket"], [access.backups_bucket]),
    )


def publishes_metrics(namespace: str, region: str) -> tuple[Statement, ...]:
    """Queue depths, from which KEDA scales; the call takes no resource but its namespace."""
    named = {"cloudwatch:namespace": namespace, "aws:RequestedRegion": region}
    metrics = ["cloudwatch:PutMetricData"]
    return (allow("PublishMetrics", metrics, ["*"], {"StringEquals": named}),)


def _documents(access: WorkloadAccess) -> tuple[Statement, ...]:
    return (
        allow(
            "UseDocuments",
            ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"],
            [f"{access.documents_bucket}/*"],
        ),
    )


def _backups(access: WorkloadAccess) -> tuple[Statement, ...]:
    """Backups can be written and read, never deleted: what takes over a workload can't take the
    way back with it."""
    return (
        allow("WriteBackups", ["s3:GetObject", "s3:PutObject"], [f"{access.backups_bucket}/*"]),
    )


def _secrets(access: WorkloadAccess) -> tuple[Statement, ...]:
    secrets = [arn for arn in (access.app_secret, *access.readable_secrets) if arn]
    return (allow("ReadSecrets", ["secretsmanager:GetSecretValue"], secrets),)


def _redis(access: WorkloadAccess) -> tuple[Statement, ...]:
    if not access.redis:
        return ()
    return (allow("ConnectRedis", ["elasticache:Connect"], list(access.redis)),)
