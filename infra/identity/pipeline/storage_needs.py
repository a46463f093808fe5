"""Buckets and what is set on them (pure table)."""

from __future__ import annotations

from infra.identity.pipeline.needs import Needs, needs


def _setting(read: str, write: str, remove: str = "") -> Needs:
    """A bucket's setting: most are removed by writing an empty one."""
    return needs("s3", read=read, make=write, change=write, remove=remove or write)


TYPES = {
    "aws:s3/bucket:Bucket": needs(
        "s3",
        # The provider reads what each setting's own resource reads, whoever wrote it.
        read="ListBucket GetBucketLocation GetBucketTagging ListTagsForResource GetBucketPolicy "
        "GetBucketAcl GetBucketCORS GetBucketWebsite GetBucketVersioning "
        "GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging "
        "GetLifecycleConfiguration GetReplicationConfiguration GetEncryptionConfiguration "
        "GetBucketObjectLockConfiguration",
        make="CreateBucket PutBucketTagging TagResource PutBucketObjectLockConfiguration",
        change="PutBucketTagging TagResource UntagResource PutBucketObjectLockConfiguration",
        remove="DeleteBucket",
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _setting(
        "GetBucketVersioning", "PutBucketVersioning"
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:"
    "BucketServerSideEncryptionConfiguration": _setting(
        "GetEncryptionConfiguration", "PutEncryptionConfiguration"
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(
        "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _setting(
        "GetBucketOwnershipControls", "PutBucketOwnershipControls"
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        "GetLifecycleConfiguration", "PutLifecycleConfiguration"
    ),
    "aws:s3/bucketLogging:BucketLogging": _setting("GetBucketLogging", "PutBucketLogging"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _setting(
        "GetBucketObjectLockConfiguration", "PutBucketObjectLockConfiguration"
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _setting(
        "GetReplicationConfiguration", "PutReplicationConfiguration"
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _setting(
        "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"
    ),
    # Never removed: a bundle is retained (infra/host/release.py).
    "aws:s3/bucketObjectv2:BucketObjectv2": needs(
        "s3",
        read="GetObject GetObjectTagging",
        make="PutObject PutObjectTagging",
        change="PutObject PutObjectTagging DeleteObjectTagging",
    ),
}
