"""What is found of an adopted VPC, and whether the platform can live in it: pure rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.config.errors import Problem
from infra.network.plan import Tier

# The key of a stack file that everything here is told under.
ADOPT = "gacp:network.adopt"


@dataclass(frozen=True, slots=True)
class FoundVpc:
    """A VPC as AWS tells of it. `resolves` and `names` are its two DNS attributes."""

    id: str
    resolves: bool
    names: bool


@dataclass(frozen=True, slots=True)
class FoundSubnet:
    """A subnet as AWS tells of it, beside the tier and zone that the stack file has it in.

    `internet_gateway` is the one that a route leads to, or empty; `leaves` is whether anything
    takes what is for nobody in the VPC (0.0.0.0/0).
    """

    id: str
    tier: Tier
    zone_letter: str
    vpc_id: str
    zone: str
    cidr: str
    gives_addresses: bool
    internet_gateway: str
    leaves: bool

    @property
    def key(self) -> str:
        return f"{ADOPT}.{self.tier}Subnets.{self.zone_letter}"


def problems_of(
    vpc: FoundVpc, subnets: Sequence[FoundSubnet], region: str, *, nodes_call_out: bool
) -> Iterator[Problem]:
    """Everything about the VPC that the platform can't live with, in the order of the keys.

    `nodes_call_out`: the private tier holds nodes of a cluster, which pull images.
    """
    for said, attribute in ((vpc.resolves, "enableDnsSupport"), (vpc.names, "enableDnsHostnames")):
        if not said:
            rule = f"must have {attribute}: databases and endpoints are found by name"
            yield Problem(f"{ADOPT}.vpcId", vpc.id, rule, "ask its owner to turn it on")
    for subnet in subnets:
        if subnet.vpc_id != vpc.id:
            rule = f"must be a subnet of {vpc.id} and is one of {subnet.vpc_id}"
            yield Problem(subnet.key, subnet.id, rule, "name one of the adopted VPC")
        wanted = f"{region}{subnet.zone_letter}"
        if subnet.zone != wanted:
            rule = f"must be in {wanted} and is in {subnet.zone}"
            way = f"put it under {subnet.zone[-1:]}, or name the one in {wanted}"
            yield Problem(subnet.key, subnet.id, rule, way)
        if subnet.vpc_id == vpc.id:
            yield from _routes(subnet, nodes_call_out=nodes_call_out)


def _routes(subnet: FoundSubnet, *, nodes_call_out: bool) -> Iterator[Problem]:
    if subnet.tier is Tier.PUBLIC:
        if not subnet.internet_gateway:
            rule = "must route 0.0.0.0/0 to an internet gateway: the edge is reached there"
            yield Problem(subnet.key, subnet.id, rule, "ask the VPC's owner for the route")
        return
    if subnet.internet_gateway:
        rule = f"must not route to the internet ({subnet.internet_gateway})"
        way = "name a subnet that leaves through NAT or not at all"
        yield Problem(subnet.key, subnet.id, rule, way)
    if subnet.gives_addresses:
        rule = "must not give out public addresses (mapPublicIpOnLaunch)"
        yield Problem(subnet.key, subnet.id, rule, "ask the VPC's owner to turn it off")
    if subnet.tier is Tier.PRIVATE and nodes_call_out and not subnet.leaves:
        rule = "must have a way out for 0.0.0.0/0: nodes pull images and call out"
        way = "ask the VPC's owner for a route to a NAT or transit gateway"
        yield Problem(subnet.key, subnet.id, rule, way)
