"""Ways out of the VPC: gateways, route tables and what they are tied to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.network.plan import PlannedSubnet, Tier
from infra.network.ports import ANYWHERE
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class EgressArgs:
    """`nat_zones` have a NAT gateway; the private subnets of other zones use the first."""

    vpc_id: pulumi.Output[str]
    subnets: Mapping[PlannedSubnet, pulumi.Output[str]]
    nat_zones: tuple[str, ...]


class Egress(pulumi.ComponentResource):
    """Routes of every tier.

    Children: an internet gateway with the public route table (where a subnet is public), a NAT
    gateway with an address for each zone of `nat_zones`, a private route table per NAT gateway
    (one without a way out where there is none), the data tier's table without a way out, and an
    association for each subnet.
    """

    def __init__(
        self, name: str, stack: Stack, args: EgressArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:network:Egress", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._tables: dict[str, aws.ec2.RouteTable] = {}
        if any(planned.tier is Tier.PUBLIC for planned in args.subnets):
            self._open_public_tier()
        for zone in args.nat_zones:
            self._add_nat(zone)
        for planned, subnet_id in args.subnets.items():
            table = self._table(self._table_slot(planned))
            aws.ec2.RouteTableAssociation(
                f"{name}-{planned.slot}",
                subnet_id=subnet_id,
                route_table_id=table.id,
                opts=stack.child_of(self),
            )
        self.register_outputs({})

    @property
    def route_table_ids(self) -> list[pulumi.Output[str]]:
        """Every table, in the order of first use: gateway endpoints are tied to all of them."""
        return [table.id for table in self._tables.values()]

    def _table_slot(self, planned: PlannedSubnet) -> str:
        if planned.tier is not Tier.PRIVATE:
            return str(planned.tier)
        zones = self._args.nat_zones
        if planned.zone in zones:
            return f"private-{planned.zone_letter}"
        return f"private-{zones[0][-1]}" if zones else "private"

    def _table(self, slot: str) -> aws.ec2.RouteTable:
        if slot not in self._tables:
            name = f"{self._name}-{slot}"
            self._tables[slot] = aws.ec2.RouteTable(
                name,
                vpc_id=self._args.vpc_id,
                tags=self._stack.tags.of(self._stack.names.of(name)),
                opts=self._stack.child_of(self),
            )
        return self._tables[slot]

    def _open_public_tier(self) -> None:
        gateway = aws.ec2.InternetGateway(
            self._name,
            vpc_id=self._args.vpc_id,
            tags=self._stack.tags.of(self._stack.names.of(self._name)),
            opts=self._stack.child_of(self),
        )
        aws.ec2.Route(
            f"{self._name}-public",
            route_table_id=self._table("public").id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
            opts=self._stack.child_of(self),
        )

    def _add_nat(self, zone: str) -> None:
        slot = f"nat-{zone[-1]}"
        tags = self._stack.tags.of(self._stack.names.of(slot))
        address = aws.ec2.Eip(
            f"{self._name}-{slot}", domain="vpc", tags=tags, opts=self._stack.child_of(self)
        )
        public = next(
            subnet_id
            for planned, subnet_id in self._args.subnets.items()
            if planned.tier is Tier.PUBLIC and planned.zone == zone
        )
        gateway = aws.ec2.NatGateway(
            f"{self._name}-{slot}",
            allocation_id=address.allocation_id,
            subnet_id=public,
            tags=tags,
            opts=self._stack.child_of(self),
        )
        aws.ec2.Route(
            f"{self._name}-private-{zone[-1]}",
            route_table_id=self._table(f"private-{zone[-1]}").id,
            destination_cidr_block=ANYWHERE,
            nat_gateway_id=gateway.id,
            opts=self._stack.child_of(self),
        )
