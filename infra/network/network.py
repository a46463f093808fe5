"""The network room: what the rest of the program knows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi

from infra.config.external import ExternalDatabaseConfig
from infra.config.model import NetworkConfig
from infra.network.adopted import AdoptedVpc, AdoptedVpcArgs
from infra.network.egress import Egress, EgressArgs
from infra.network.endpoints import Endpoints, EndpointsArgs
from infra.network.flow_logs import FlowLogs, FlowLogsArgs
from infra.network.plan import Tier, nat_zones, needed_tiers, plan_subnets
from infra.network.ports import ANYWHERE, DATABASE, HTTPS, REDIS
from infra.network.rules import Group, GroupArgs, Opening, openings
from infra.network.vpc import Vpc, VpcArgs
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class NetworkArgs:
    """`zones` are full zone names. A machine or balancer with a public address makes
    the public tier necessary. `nodes_call_out`: the private tier holds nodes of a cluster.
    `external_database` is given where the database is not in the data tier."""

    config: NetworkConfig
    zones: tuple[str, ...]
    has_public_edge: bool
    mail_port: int
    logs_key_arn: pulumi.Output[str]
    log_retention_days: int
    nodes_call_out: bool
    external_database: ExternalDatabaseConfig | None


class Home(Protocol):
    """A VPC that the stack lives in, whoever made it."""

    @property
    def vpc_id(self) -> pulumi.Output[str]: ...

    def subnet_ids(self, tier: Tier) -> list[pulumi.Output[str]]:
        """Ids of a tier's subnets, in the order of the zones."""
        ...

    def ranges(self, tier: Tier, /) -> Mapping[str, str]:
        """Ranges that a tier's addresses lie in, by zone letter or under none for all."""
        ...


class Network(pulumi.ComponentResource):
    """The whole network.

    Children: `Vpc`, `Egress`, `FlowLogs` where configured, or an `AdoptedVpc` in their place;
    `Endpoints`, where an adopted VPC is asked for some; and the workloads' security group, which
    is all that the data tier lets in.
    """

    def __init__(
        self, name: str, stack: Stack, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:network:Network", name, None, opts)
        self._stack, self._args, self._child = stack, args, stack.child_of(self)
        self._vpc: Home = self._adopt() if args.config.adopt.vpc_id else self._make()
        self._workloads = Group(
            "workloads",
            stack,
            GroupArgs(
                vpc_id=self._vpc.vpc_id,
                description="Workloads of the certification platform",
                egress=_ways_out(
                    self._vpc.ranges(Tier.DATA), args.mail_port, args.external_database
                ),
            ),
            self._child,
        )
        self.register_outputs({"vpcId": self._vpc.vpc_id})

    def _adopt(self) -> AdoptedVpc:
        args = AdoptedVpcArgs(self._args.config.adopt, self._args.nodes_call_out)
        vpc = AdoptedVpc("vpc", self._stack, args, self._child)
        if self._args.config.interface_endpoints:
            self._add_endpoints(vpc, ())
        return vpc

    def _make(self) -> Vpc:
        stack, config, args = self._stack, self._args.config, self._args
        tiers = needed_tiers(config.nat, args.has_public_edge)
        plan = plan_subnets(config.cidr, args.zones, tiers)
        vpc = Vpc("vpc", stack, VpcArgs(config.cidr, plan), self._child)
        zones = nat_zones(config.nat, args.zones)
        egress = Egress("egress", stack, EgressArgs(vpc.vpc_id, vpc.subnets, zones), self._child)
        self._add_endpoints(vpc, egress.route_table_ids)
        if config.flow_logs:
            FlowLogs(
                "flow-logs",
                stack,
                FlowLogsArgs(vpc.vpc_id, args.logs_key_arn, args.log_retention_days),
                self._child,
            )
        return vpc

    def _add_endpoints(self, vpc: Home, tables: Sequence[pulumi.Output[str]]) -> None:
        Endpoints(
            "endpoints",
            self._stack,
            EndpointsArgs(
                vpc_id=vpc.vpc_id,
                callers=_of_every_tier(vpc),
                route_table_ids=tables,
                subnet_ids=vpc.subnet_ids(Tier.PRIVATE),
                services=self._args.config.interface_endpoints,
            ),
            self._child,
        )

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


def _of_every_tier(vpc: Home) -> dict[str, str]:
    """Ranges that call endpoints, by what ends a rule's slot."""
    return {
        f"{tier}-{letter}" if letter else "": cidr
        for tier in (Tier.PUBLIC, Tier.PRIVATE)
        for letter, cidr in vpc.ranges(tier).items()
    }


def _ways_out(
    data: Mapping[str, str], mail_port: int, external: ExternalDatabaseConfig | None
) -> tuple[Opening, ...]:
    if external is None:
        database = openings("database", DATABASE, "Database in the data tier", data)
    else:
        ranges = {cidr.translate(_AS_SLOT): cidr for cidr in external.ranges}
        database = openings("database", external.port, "Database that somebody else runs", ranges)
    return (
        Opening("https", HTTPS, "AWS services and what the application calls", cidr=ANYWHERE),
        Opening("mail", mail_port, "Submission to the SMTP server", cidr=ANYWHERE),
        *database,
        *openings("redis", REDIS, "Redis in the data tier", data),
    )


_AS_SLOT = str.maketrans("./", "--")
