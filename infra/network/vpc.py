"""The VPC and its subnets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.network.plan import PlannedSubnet, Tier
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class VpcArgs:
    """`subnets` is the plan (infra/network/plan.py); each lies inside `cidr`."""

    cidr: str
    subnets: tuple[PlannedSubnet, ...]


class Vpc(pulumi.ComponentResource):
    """A VPC whose subnets lie where the plan says, with nothing open by default.

    Children: the VPC, its default security group without rules, and one subnet per planned slot.
    Gateways and routes belong to `Egress`, endpoints to `Endpoints`.
    """

    def __init__(
        self, name: str, stack: Stack, args: VpcArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:network:Vpc", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.cidr,
            enable_dns_hostnames=True,  # private endpoints are found by name
            enable_dns_support=True,
            tags=stack.tags.of(stack.names.of(name)),
            opts=stack.child_of(self),
        )
        self._vpc_id = vpc.id
        # AWS makes this group with every port open inside it; adopting it without rules closes it
        # (EC2.2 of the AWS Foundational Security Best Practices).
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=stack.tags.of(stack.names.of(f"{name}-default")),
            opts=stack.child_of(self),
        )
        self._subnets = {planned: self._subnet(planned) for planned in args.subnets}
        self.register_outputs({"vpcId": self._vpc_id})

    @property
    def vpc_id(self) -> pulumi.Output[str]:
        return self._vpc_id

    @property
    def subnets(self) -> dict[PlannedSubnet, pulumi.Output[str]]:
        """Id of each planned subnet, in the plan's order."""
        return {planned: subnet.id for planned, subnet in self._subnets.items()}

    def subnet_ids(self, tier: Tier) -> list[pulumi.Output[str]]:
        """Ids of a tier's subnets, in the order of the zones."""
        return [subnet.id for planned, subnet in self._subnets.items() if planned.tier is tier]

    def ranges(self, _: Tier, /) -> Mapping[str, str]:
        """The VPC's own range under no letter: a new zone changes no rule."""
        return {"": self._args.cidr}

    def _subnet(self, planned: PlannedSubnet) -> aws.ec2.Subnet:
        name = f"{self._name}-{planned.slot}"
        return aws.ec2.Subnet(
            name,
            vpc_id=self._vpc_id,
            cidr_block=str(planned.cidr),
            availability_zone=planned.zone,
            map_public_ip_on_launch=False,  # an address is asked for where it is wanted (EC2.15)
            tags=self._stack.tags.of(self._stack.names.of(name)),
            opts=self._stack.child_of(self),
        )
