"""Policies of buckets as plain data."""

from __future__ import annotations

from collections.abc import Sequence

from infra.identity.policies import Statement


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


def bucket_takes_balancer_logs(bucket: str, account: str) -> tuple[Statement, ...]:
    """Network balancers of the account may write their access logs.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
    """
    service = {"Service": "delivery.logs.amazonaws.com"}
    of_account = {"aws:SourceAccount": account}
    return (
        {
            "Sid": "BalancerLogsLookFirst",
            "Effect": "Allow",
            "Principal": service,
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": f"arn:aws:s3:::{bucket}",
            "Condition": {"StringEquals": of_account},
        },
        {
            "Sid": "BalancerLogs",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket}/balancer/AWSLogs/{account}/*",
            "Condition": {
                "StringEquals": {**of_account, "s3:x-amz-acl": "bucket-owner-full-control"}
            },
        },
    )


def bucket_takes_delivered_logs(bucket: str, account: str, source: str) -> tuple[Statement, ...]:
    """CloudFront's logs (delivery source `source` of us-east-1) may be written, as AWS itself would
    write the statement where it is missing.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    return (
        {
            "Sid": "DeliveredLogs",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket}/AWSLogs/{account}/*",
            "Condition": {
                "StringEquals": {
                    "aws:SourceAccount": account,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                },
                "ArnLike": {
                    "aws:SourceArn": f"arn:aws:logs:us-east-1:{account}:delivery-source:{source}"
                },
            },
        },
    )
