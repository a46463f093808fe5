"""What is recorded of the VPC's traffic."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.identity import policies
from infra.identity.roles import RoleArgs, make_role
from infra.observability.logs import LogGroup, LogGroupArgs
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class FlowLogsArgs:
    vpc_id: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    retention_days: int


class FlowLogs(pulumi.ComponentResource):
    """Metadata of all traffic, accepted and refused.

    Children: a log group, the role that AWS writes it with, and the flow log itself.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: FlowLogsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:network:FlowLogs", name, None, opts)
        group = LogGroup(
            name,
            stack,
            LogGroupArgs(f"/{stack.names.path('flow')}", args.key_arn, args.retention_days),
            stack.child_of(self),
        )
        trust = policies.document(
            policies.trust_of_service("vpc-flow-logs.amazonaws.com", stack.account)
        )
        role = make_role(name, stack, RoleArgs(stack.names.of(name), trust), stack.child_of(self))
        aws.iam.RolePolicy(
            name,
            role=role.name,
            policy=group.arn.apply(lambda arn: policies.document(policies.writes_log_group(arn))),
            opts=stack.child_of(self),
        )
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=stack.tags.of(stack.names.of(name)),
            opts=stack.child_of(self),
        )
        self.register_outputs({})
