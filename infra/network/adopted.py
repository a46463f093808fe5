"""A VPC that somebody else made: read, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.config.adoption import AdoptConfig
from infra.config.errors import ConfigurationError
from infra.network.adopted_facts import FoundSubnet, problems_of
from infra.network.adopted_reading import read_adopted
from infra.network.plan import Tier
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class AdoptedVpcArgs:
    """`nodes_call_out`: the private tier holds nodes of a cluster, which pull images."""

    config: AdoptConfig
    nodes_call_out: bool


class AdoptedSubnet(pulumi.ComponentResource):
    """What was found of one adopted subnet, so that it stands in the state and controls read it.

    Children: none. Its inputs have the names of `ec2.Subnet`'s, and the internet gateway that its
    routes lead to (empty: none does).
    """

    def __init__(
        self, name: str, found: FoundSubnet, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        facts: dict[str, pulumi.Input[object]] = {
            "identifier": found.id,
            "vpcId": found.vpc_id,
            "availabilityZone": found.zone,
            "cidrBlock": found.cidr,
            "mapPublicIpOnLaunch": found.gives_addresses,
            "internetGateway": found.internet_gateway,
        }
        super().__init__("gacp:network:AdoptedSubnet", name, facts, opts)
        self.register_outputs(facts)


class AdoptedVpc(pulumi.ComponentResource):
    """An existing VPC with its subnets, checked against what the platform needs of one.

    Children: an `AdoptedSubnet` for each subnet. Nothing is made on AWS. Raises
    `ConfigurationError` with everything that does not fit, at preview as at update.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: AdoptedVpcArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        vpc, subnets = read_adopted(args.config)
        problems = tuple(
            problems_of(vpc, subnets, stack.region, nodes_call_out=args.nodes_call_out)
        )
        if problems:
            raise ConfigurationError(problems)
        facts: dict[str, pulumi.Input[object]] = {"identifier": vpc.id}
        super().__init__("gacp:network:AdoptedVpc", name, facts, opts)
        self._vpc_id, self._subnets = vpc.id, subnets
        for each in subnets:
            AdoptedSubnet(f"{name}-{each.tier}-{each.zone_letter}", each, stack.child_of(self))
        self.register_outputs(facts)

    @property
    def vpc_id(self) -> pulumi.Output[str]:
        return pulumi.Output.from_input(self._vpc_id)

    def subnet_ids(self, tier: Tier) -> list[pulumi.Output[str]]:
        """Ids of a tier's subnets, in the order of the zones' letters."""
        return [pulumi.Output.from_input(each.id) for each in self._subnets if each.tier is tier]

    def ranges(self, tier: Tier, /) -> Mapping[str, str]:
        """Address range of each subnet of a tier, by its zone's letter."""
        return {each.zone_letter: each.cidr for each in self._subnets if each.tier is tier}
