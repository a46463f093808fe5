"""The copy of the bucket of backups in another region."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.model import StorageConfig
from infra.config.operations import BackupConfig
from infra.identity import policies, replication
from infra.identity.roles import RoleArgs, make_role
from infra.keys.key import Key, KeyArgs
from infra.observability.alarm_plan import PlannedAlarm
from infra.stack import Stack
from infra.storage.bucket import Bucket, BucketArgs
from infra.storage.plan import plan_copies

RULE = "all"


@dataclass(frozen=True, slots=True)
class BackupCopiesArgs:
    """`source` is the bucket that is copied and `key_arn` what encrypts it; `region` is where the
    copy lies."""

    config: StorageConfig
    backup: BackupConfig
    source: Bucket
    key_arn: pulumi.Output[str]
    region: str


class BackupCopies(pulumi.ComponentResource):
    """Backups outlive the region, and whoever deletes them in it.

    Children: a `Key` of the other region, a `Bucket` there for access logs and one for the copies;
    the role that S3 copies with, its policy, the replication.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: BackupCopiesArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:storage:BackupCopies", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._child = stack.child_of(self)
        plan = plan_copies(stack.names, stack.account, args.config, args.backup)
        made = KeyArgs("Copies of dumps", region=args.region, lasts=True)
        key = Key("storage-copy", stack, made, self._child)
        logs = Bucket(
            "logs-copy",
            stack,
            BucketArgs(plan["logs-copy"], key.arn, None, args.region),
            self._child,
        )
        self._copy = Bucket(
            name, stack, BucketArgs(plan[name], key.arn, logs.bucket, args.region), self._child
        )
        self._replicate(key.arn, self._make_role(key.arn))
        self.register_outputs({"bucket": self._copy.bucket})

    @property
    def alarms(self) -> tuple[PlannedAlarm, ...]:
        """Objects that S3 gave up to copy, which it counts in the source's region.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
        """
        return (
            PlannedAlarm(
                "backups-copy-failed",
                "AWS/S3",
                "OperationsFailedReplication",
                {
                    "SourceBucket": self._args.source.bucket,
                    "DestinationBucket": self._copy.bucket,
                    "RuleId": RULE,
                },
                0,
                "A backup was not copied to the other region: look for objects whose replication "
                "status is FAILED, then at the role, the keys and the locks of both buckets.",
                statistic="Sum",
                periods=1,
            ),
        )

    def _make_role(self, copy_key_arn: pulumi.Output[str]) -> aws.iam.Role:
        known_as = self._stack.names.of(self._name)
        trust = policies.document(policies.trust_of_service("s3.amazonaws.com"))
        described = "S3 copies backups of the certification platform to another region"
        role = make_role(self._name, self._stack, RoleArgs(known_as, trust, described), self._child)
        ends = pulumi.Output.all(
            source=self._args.source.arn,
            source_key=self._args.key_arn,
            source_region=self._stack.region,
            copy=self._copy.arn,
            copy_key=copy_key_arn,
            copy_region=self._args.region,
        )
        aws.iam.RolePolicy(
            self._name,
            role=role.name,
            policy=ends.apply(
                lambda known: policies.document(replication.replicates(replication.Ends(**known)))
            ),
            opts=self._child,
        )
        return role

    def _replicate(self, copy_key_arn: pulumi.Output[str], role: aws.iam.Role) -> None:
        source = self._args.source
        aws.s3.BucketReplicationConfig(
            self._name,
            bucket=source.bucket,
            role=role.arn,
            rules=[
                {
                    "id": RULE,
                    "status": "Enabled",
                    "priority": 1,
                    "filter": {"prefix": ""},
                    # Who deletes in one region, by mistake or not, does not reach the other: the
                    # copies end by their own lifecycle.
                    "delete_marker_replication": {"status": "Disabled"},
                    "source_selection_criteria": {
                        "sse_kms_encrypted_objects": {"status": "Enabled"}
                    },
                    "destination": {
                        "bucket": self._copy.arn,
                        "encryption_configuration": {"replica_kms_key_id": copy_key_arn},
                        # Metrics (about 1 US dollar a month) are what the alarm watches. Time
                        # control promises 15 minutes for a price by the gigabyte, and a dump is
                        # made once a day.
                        "metrics": {"status": "Enabled"},
                    },
                }
            ],
            # S3 refuses a replication until both ends are versioned; no input names that setting.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[source.versioning, self._copy.versioning]
            ),
        )
