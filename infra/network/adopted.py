"""A VPC that somebody else made: read, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.config.adoption import AdoptConfig
from infra.config.errors import ConfigurationError
from infra.network.adopted_facts import problems_of
from infra.network.adopted_reading import read_adopted
from infra.network.adopted_subnet import AdoptedSubnet
from infra.network.plan import Tier
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class AdoptedVpcArgs:
    """`nodes_call_out`: the private tier holds nodes of a cluster, which pull images."""

    config: AdoptConfig
    nodes_call_out: bool


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
