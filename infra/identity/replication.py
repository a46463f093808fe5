"""What S3 may do when it copies a bucket to another region, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from infra.identity.policies import Statement, allow


@dataclass(frozen=True, slots=True)
class Ends:
    """ARNs of the two buckets and the keys that encrypt them, and the regions they lie in."""

    source: str
    source_key: str
    source_region: str
    copy: str
    copy_key: str
    copy_region: str


def replicates(ends: Ends) -> tuple[Statement, ...]:
    """Read versions of one bucket with their locks, write them to the other, and the keys for that.

    ReplicateDelete is left out: nothing that is deleted in the source may be deleted in the copy.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
    """
    return (
        allow("LookAtSource", ["s3:GetReplicationConfiguration", "s3:ListBucket"], [ends.source]),
        allow(
            "ReadVersions",
            [
                "s3:GetObjectLegalHold",
                "s3:GetObjectRetention",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
            ],
            [f"{ends.source}/*"],
        ),
        allow("WriteCopies", ["s3:ReplicateObject", "s3:ReplicateTags"], [f"{ends.copy}/*"]),
        _through_s3(
            "OpenSource", ["kms:Decrypt"], ends.source_key, ends.source_region, ends.source
        ),
        _through_s3(
            "SealCopies",
            ["kms:Encrypt", "kms:GenerateDataKey"],
            ends.copy_key,
            ends.copy_region,
            ends.copy,
        ),
    )


def _through_s3(sid: str, actions: list[str], key: str, region: str, bucket: str) -> Statement:
    """A key, used by S3 alone and for one bucket (whose ARN is the context under bucket keys)."""
    condition = {
        "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
    }
    return allow(sid, actions, [key], condition)
