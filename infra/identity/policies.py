"""IAM, key, bucket and topic policies as plain data.

Each function gives statements; `document` makes the JSON text that AWS takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Statement = Mapping[str, object]


def document(statements: Sequence[Statement]) -> str:
    """A policy document. Its text is the same for the same statements, whoever renders it."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": list(statements)},
        separators=(",", ":"),
        sort_keys=True,
    )


def trust_of_service(service: str, account: str | None = None) -> tuple[Statement, ...]:
    """Who may take a role: one AWS service, acting for this account only where it says so.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html; EC2 sends no source
    account, so a machine's role is made without one.
    """
    trust: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if account is not None:
        trust["Condition"] = {"StringEquals": {"aws:SourceAccount": account}}
    return (trust,)


def writes_log_group(group_arn: str) -> tuple[Statement, ...]:
    """Streams and events of one log group, nothing of the group itself."""
    return (
        {
            "Sid": "WriteLogs",
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            "Resource": [group_arn, f"{group_arn}:*"],
        },
    )


def alarms_publish_to(topic_arn: str, account: str) -> tuple[Statement, ...]:
    """CloudWatch alarms of this account may publish, nobody else."""
    return (
        {
            "Sid": "AlarmsPublish",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        },
    )


def key_of_account(account: str) -> tuple[Statement, ...]:
    """The account's own IAM policies decide who uses the key; without this nobody could.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    return (
        {
            "Sid": "AccountDecides",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",  # in a key's policy this is the key itself
        },
    )


def key_for_logs_and_alarms(account: str, region: str) -> tuple[Statement, ...]:
    """CloudWatch Logs of this account and region, and its alarms' messages to SNS.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    groups = f"arn:aws:logs:{region}:{account}:log-group:*"
    return (
        {
            "Sid": "LogGroupsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": [
                "kms:Decrypt",
                "kms:Describe*",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        },
        {
            "Sid": "AlarmsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        },
    )


def bucket_over_tls_only(bucket: str) -> tuple[Statement, ...]:
    """Plain HTTP is refused, to everybody (S3.5)."""
    return (
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


def bucket_takes_access_logs(
    bucket: str, sources: Sequence[str], account: str
) -> tuple[Statement, ...]:
    """S3 itself may write the access logs of the account's named buckets.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    return (
        {
            "Sid": "AccessLogs",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket}/access/*",
            "Condition": {
                "ArnLike": {"aws:SourceArn": [f"arn:aws:s3:::{source}" for source in sources]},
                "StringEquals": {"aws:SourceAccount": account},
            },
        },
    )
