"""Log groups: every one has a retention and a key."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.stack import Stack
from infra.tags import DataClass


@dataclass(frozen=True, slots=True)
class LogGroupArgs:
    """`path` is the group's name on AWS; some services look for a fixed one. `region` is the
    stack's where it isn't given."""

    path: str
    key_arn: pulumi.Input[str]
    retention_days: int
    region: str | None = None


class LogGroup(pulumi.ComponentResource):
    """An encrypted log group whose entries end.

    Children: the log group. It goes with the stack: what has to outlive it belongs in a bucket.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: LogGroupArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:observability:LogGroup", name, None, opts)
        group = aws.cloudwatch.LogGroup(
            name,
            name=args.path,
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            region=args.region,
            tags=stack.tags.of(stack.names.of(name), DataClass.INTERNAL),
            opts=stack.child_of(self),
        )
        self._group = group
        self.register_outputs({"name": group.name})

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._group.arn

    @property
    def group_name(self) -> pulumi.Output[str]:
        return self._group.name
