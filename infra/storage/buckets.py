"""The buckets of a stack."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.backup.plan import copy_region
from infra.config.model import StorageConfig
from infra.config.operations import BackupConfig
from infra.observability.alarm_plan import PlannedAlarm
from infra.stack import Stack
from infra.storage.bucket import Bucket, BucketArgs
from infra.storage.copies import BackupCopies, BackupCopiesArgs
from infra.storage.plan import plan_buckets


@dataclass(frozen=True, slots=True)
class BucketsArgs:
    """`backup` says how long dumps live, and in which region a copy of them lies."""

    config: StorageConfig
    backup: BackupConfig
    key_arn: pulumi.Output[str]
    balancer_logs: bool = False
    cdn_logs: bool = False


class Buckets(pulumi.ComponentResource):
    """Documents, backups, releases and access logs.

    Children: a `Bucket` per planned role, access to all others is logged in the logs';
    `BackupCopies` where they are wanted.
    """

    def __init__(
        self, name: str, stack: Stack, args: BucketsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:storage:Buckets", name, None, opts)
        plan = plan_buckets(
            stack.names,
            stack.account,
            args.config,
            args.backup,
            balancer_logs=args.balancer_logs,
            cdn_logs=args.cdn_logs,
        )
        child = stack.child_of(self)
        self.logs = Bucket("logs", stack, BucketArgs(plan["logs"], args.key_arn), child)
        self.documents, self.backups, self.releases = (
            Bucket(role, stack, BucketArgs(plan[role], args.key_arn, self.logs.bucket), child)
            for role in ("documents", "backups", "releases")
        )
        self._copies = None
        if args.config.backup_copies:
            self._copies = BackupCopies(
                "backups-copy",
                stack,
                BackupCopiesArgs(
                    config=args.config,
                    backup=args.backup,
                    source=self.backups,
                    key_arn=args.key_arn,
                    region=copy_region(stack.region, args.backup),
                ),
                child,
            )
        self.register_outputs({})

    @property
    def alarms(self) -> tuple[PlannedAlarm, ...]:
        """What to watch of them."""
        return self._copies.alarms if self._copies else ()
