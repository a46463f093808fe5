"""What the application's workloads may do on AWS, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from infra.identity.policies import Statement, writes_log_group


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
    """Least privilege: named resources throughout, but for the one call that takes none."""
    secrets = [arn for arn in (access.app_secret, *access.readable_secrets) if arn]
    connect: tuple[Statement, ...] = ()
    if access.redis:
        connect = (_allow("ConnectRedis", ["elasticache:Connect"], list(access.redis)),)
    return (
        _allow(
            "UseDocuments",
            ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"],
            [f"{access.documents_bucket}/*"],
        ),
        # Backups can be written and read, never deleted: what takes over a workload can't take
        # the way back with it.
        _allow("WriteBackups", ["s3:GetObject", "s3:PutObject"], [f"{access.backups_bucket}/*"]),
        _allow(
            "ListBuckets",
            ["s3:GetBucketLocation", "s3:ListBucket"],
            [access.documents_bucket, access.backups_bucket],
        ),
        _allow("ReadSecrets", ["secretsmanager:GetSecretValue"], secrets),
        _allow(
            "GiveTheFirstSecret",
            ["secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue"],
            [access.app_secret],
        ),
        _allow("UseDataKey", ["kms:Decrypt", "kms:GenerateDataKey"], [access.data_key]),
        _allow(
            "PullImages",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [access.repository],
        ),
        # This call names no resource; what it gives opens only what the statement above allows.
        _allow("SignInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
        *connect,
        *writes_log_group(access.log_group),
    )


def _allow(sid: str, actions: list[str], resources: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
