"""The buckets of a stack."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.config.model import StorageConfig
from infra.stack import Stack
from infra.storage.bucket import Bucket, BucketArgs
from infra.storage.plan import plan_buckets


@dataclass(frozen=True, slots=True)
class BucketsArgs:
    config: StorageConfig
    key_arn: pulumi.Output[str]
    balancer_logs: bool = False


class Buckets(pulumi.ComponentResource):
    """Documents, backups, releases and access logs.

    Children: a `Bucket` per planned role; access of all others is logged in the logs'.
    """

    def __init__(
        self, name: str, stack: Stack, args: BucketsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:storage:Buckets", name, None, opts)
        plan = plan_buckets(
            stack.names, stack.account, args.config, balancer_logs=args.balancer_logs
        )
        child = stack.child_of(self)
        self.logs = Bucket("logs", stack, BucketArgs(plan["logs"], args.key_arn), child)
        self.documents, self.backups, self.releases = (
            Bucket(role, stack, BucketArgs(plan[role], args.key_arn, self.logs.bucket), child)
            for role in ("documents", "backups", "releases")
        )
        self.register_outputs({})
