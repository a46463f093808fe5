"""The network room: what the rest of the program knows of it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.config.model import NetworkConfig
from infra.network.egress import Egress, EgressArgs
from infra.network.endpoints import Endpoints, EndpointsArgs
from infra.network.flow_logs import FlowLogs, FlowLogsArgs
from infra.network.plan import Tier, nat_zones, needed_tiers, plan_subnets
from infra.network.ports import ANYWHERE, DATABASE, HTTPS, REDIS
from infra.network.rules import Group, GroupArgs, Opening
from infra.network.vpc import Vpc, VpcArgs
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class NetworkArgs:
    """`zones` are full zone names. A machine or balancer with a public address makes
    the public tier necessary."""

    config: NetworkConfig
    zones: tuple[str, ...]
    has_public_edge: bool
    mail_port: int
    logs_key_arn: pulumi.Output[str]
    log_retention_days: int


class Network(pulumi.ComponentResource):
    """The whole network.

    Children: `Vpc`, `Egress`, `Endpoints`, `FlowLogs` where configured, and the workloads'
    security group, which is all that the data tier lets in.
    """

    def __init__(
        self, name: str, stack: Stack, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:network:Network", name, None, opts)
        child, config = stack.child_of(self), args.config
        tiers = needed_tiers(config.nat, args.has_public_edge)
        plan = plan_subnets(config.cidr, args.zones, tiers)
        self._vpc = Vpc("vpc", stack, VpcArgs(config.cidr, plan), child)
        egress = Egress(
            "egress",
            stack,
            EgressArgs(self._vpc.vpc_id, self._vpc.subnets, nat_zones(config.nat, args.zones)),
            child,
        )
        Endpoints(
            "endpoints",
            stack,
            EndpointsArgs(
                vpc_id=self._vpc.vpc_id,
                vpc_cidr=config.cidr,
                route_table_ids=egress.route_table_ids,
                subnet_ids=self._vpc.subnet_ids(Tier.PRIVATE),
                services=config.interface_endpoints,
            ),
            child,
        )
        if config.flow_logs:
            FlowLogs(
                "flow-logs",
                stack,
                FlowLogsArgs(self._vpc.vpc_id, args.logs_key_arn, args.log_retention_days),
                child,
            )
        self._workloads = Group(
            "workloads",
            stack,
            GroupArgs(
                vpc_id=self._vpc.vpc_id,
                description="Workloads of the certification platform",
                egress=_ways_out(config.cidr, args.mail_port),
            ),
            child,
        )
        self.register_outputs({"vpcId": self._vpc.vpc_id})

    @property
    def vpc_id(self) -> pulumi.Output[str]:
        return self._vpc.vpc_id

    @property
    def public_subnet_ids(self) -> list[pulumi.Output[str]]:
        return self._vpc.subnet_ids(Tier.PUBLIC)

    @property
    def private_subnet_ids(self) -> list[pulumi.Output[str]]:
        return self._vpc.subnet_ids(Tier.PRIVATE)

    @property
    def data_subnet_ids(self) -> list[pulumi.Output[str]]:
        return self._vpc.subnet_ids(Tier.DATA)

    @property
    def workloads_group_id(self) -> pulumi.Output[str]:
        """The group that everything which runs the application belongs to."""
        return self._workloads.group_id


def _ways_out(cidr: str, mail_port: int) -> tuple[Opening, ...]:
    return (
        Opening("https", HTTPS, "AWS services and what the application calls", cidr=ANYWHERE),
        Opening("mail", mail_port, "Submission to the SMTP server", cidr=ANYWHERE),
        Opening("database", DATABASE, "Database in the data tier", cidr=cidr),
        Opening("redis", REDIS, "Redis in the data tier", cidr=cidr),
    )
