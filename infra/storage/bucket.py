"""One bucket with everything that keeps it from leaking or losing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pulumi
import pulumi_aws as aws

from infra.identity import policies
from infra.stack import Stack
from infra.storage.plan import PlannedBucket


@dataclass(frozen=True, slots=True)
class BucketArgs:
    """`key_arn` encrypts unless the plan says that AWS's own key has to (access logs).

    `log_bucket` receives the access logs, or None for the bucket that holds them. `region` is the
    stack's where it isn't given.
    """

    plan: PlannedBucket
    key_arn: pulumi.Output[str]
    log_bucket: pulumi.Output[str] | None = None
    region: str | None = None


class Bucket(pulumi.ComponentResource):
    """A private, versioned, encrypted bucket.

    Children: the bucket; versioning, encryption, public access block, ownership, policy,
    lifecycle; access logging unless it holds the logs; object lock where the plan has days.
    """

    def __init__(
        self, name: str, stack: Stack, args: BucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:storage:Bucket", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._child = stack.kept_child_of(self)
        bucket = aws.s3.Bucket(
            name,
            bucket=args.plan.bucket,
            force_destroy=not stack.keeps_data,
            object_lock_enabled=args.plan.lock_days > 0,  # AWS takes this at creation only
            tags=stack.tags.of(args.plan.bucket, args.plan.data_class),
            region=args.region,
            opts=stack.lasting_child_of(self),
        )
        self._bucket = bucket
        self._close()
        self._versioning = aws.s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            region=args.region,
            opts=self._child,
        )
        self._encrypt()
        self._expire()
        if args.plan.lock_days:
            self._lock()
        if args.log_bucket is not None:
            aws.s3.BucketLogging(
                name,
                bucket=bucket.id,
                target_bucket=args.log_bucket,
                target_prefix=f"access/{name}/",
                region=args.region,
                opts=self._child,
            )
        self.register_outputs({"bucket": bucket.bucket})

    @property
    def bucket(self) -> pulumi.Output[str]:
        """The bucket's name."""
        return self._bucket.bucket

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._bucket.arn

    @property
    def versioning(self) -> aws.s3.BucketVersioning:
        """For what S3 refuses until the bucket is versioned."""
        return self._versioning

    def _close(self) -> None:
        block = aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=self._bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=self._args.region,
            opts=self._child,
        )
        aws.s3.BucketOwnershipControls(
            self._name,
            bucket=self._bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=self._args.region,
            opts=self._child,
        )
        aws.s3.BucketPolicy(
            self._name,
            bucket=self._bucket.id,
            policy=policies.document(self._args.plan.policy),
            region=self._args.region,
            # S3 refuses two writes of one bucket's access settings at a time (OperationAborted).
            opts=pulumi.ResourceOptions.merge(
                self._child, pulumi.ResourceOptions(depends_on=[block])
            ),
        )

    def _encrypt(self) -> None:
        own_key = self._args.plan.own_key
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=self._bucket.id,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms" if own_key else "AES256",
                        "kms_master_key_id": self._args.key_arn if own_key else None,
                    },
                    # One data key a bucket instead of one an object: KMS's price, not its safety.
                    "bucket_key_enabled": own_key,
                }
            ],
            region=self._args.region,
            opts=self._child,
        )

    def _expire(self) -> None:
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=self._bucket.id,
            rules=cast(
                "list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]",
                [dict(rule) for rule in self._args.plan.lifecycle],
            ),
            region=self._args.region,
            # Rules on old versions want versioning to be on; the rule does not name it.
            opts=pulumi.ResourceOptions.merge(
                self._child, pulumi.ResourceOptions(depends_on=[self._versioning])
            ),
        )

    def _lock(self) -> None:
        aws.s3.BucketObjectLockConfiguration(
            self._name,
            bucket=self._bucket.id,
            rule={
                "default_retention": {"mode": "GOVERNANCE", "days": self._args.plan.lock_days},
            },
            region=self._args.region,
            opts=self._child,
        )
