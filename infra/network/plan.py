"""Where every subnet of a VPC lies, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from infra.config.choices import NatMode


class Tier(StrEnum):
    """What a subnet may reach. It says nothing about which workloads live there."""

    PUBLIC = "public"  # routes to the internet gateway: what has an address of its own, and NAT
    PRIVATE = "private"  # leaves through NAT, or not at all: nodes
    DATA = "data"  # no way out: databases and caches


# Slots are fixed, never packed: a new zone or tier takes a free slot, and no existing subnet moves
# (moving one replaces everything in it). Eight slots a tier, in units of the subnet size.
SLOTS_PER_TIER = 8
FIRST_SLOT = {Tier.PUBLIC: 0, Tier.PRIVATE: SLOTS_PER_TIER, Tier.DATA: 2 * SLOTS_PER_TIER}

LARGEST_SUBNET_PREFIX = 21  # 2,043 usable addresses: each pod takes one (VPC CNI)
SLOT_BITS = 5  # 3 tiers of 8 slots need 24 of 32


class AddressPlanError(ValueError):
    """The address range can't hold the plan."""


@dataclass(frozen=True, slots=True)
class PlannedSubnet:
    tier: Tier
    zone: str
    cidr: IPv4Network

    @property
    def zone_letter(self) -> str:
        return self.zone[-1]

    @property
    def slot(self) -> str:
        """Tier and zone letter, such as `private-a`: stable for the subnet's life."""
        return f"{self.tier}-{self.zone_letter}"


def plan_subnets(
    vpc_cidr: str, zones: tuple[str, ...], tiers: tuple[Tier, ...] = tuple(Tier)
) -> tuple[PlannedSubnet, ...]:
    """Give each tier one subnet in each zone.

    `vpc_cidr` is a private range from /16 to /18 in CIDR notation; `zones` are full zone names.
    A zone's slot is its letter, so the order of `zones` and a zone left out move nothing.
    Raises `AddressPlanError` naming the value, the rule and a range that would do.
    """
    vpc = _parse_vpc_range(vpc_cidr)
    slots = list(vpc.subnets(new_prefix=_subnet_prefix(vpc)))
    return tuple(
        PlannedSubnet(tier, zone, slots[FIRST_SLOT[tier] + _zone_slot(zone)])
        for tier in Tier
        if tier in tiers
        for zone in zones
    )


def needed_tiers(nat: NatMode, has_public_machine: bool) -> tuple[Tier, ...]:
    """The tiers that a stack uses: nothing is public unless something in it has to be."""
    if nat is NatMode.NONE and not has_public_machine:
        return (Tier.PRIVATE, Tier.DATA)
    return tuple(Tier)


def nat_zones(nat: NatMode, zones: tuple[str, ...]) -> tuple[str, ...]:
    """Zones that get a NAT gateway, in order."""
    return {NatMode.NONE: (), NatMode.ONE: zones[:1], NatMode.PER_ZONE: zones}[nat]


def _zone_slot(zone: str) -> int:
    slot = ord(zone[-1:] or " ") - ord("a")
    if not 0 <= slot < SLOTS_PER_TIER:
        raise AddressPlanError(f"zone {zone!r}: zones a to h have a slot; name one such as r-1a")
    return slot


def _subnet_prefix(vpc: IPv4Network) -> int:
    return max(LARGEST_SUBNET_PREFIX, vpc.prefixlen + SLOT_BITS)


def _parse_vpc_range(value: str) -> IPv4Network:
    try:
        vpc = IPv4Network(value)
    except ValueError as error:
        raise AddressPlanError(
            f"{value!r} is not an IPv4 range ({error}); write one such as 10.20.0.0/16"
        ) from error
    if not vpc.is_private:
        raise AddressPlanError(
            f"{value} is public: a VPC takes a private range (RFC 1918), such as 10.20.0.0/16"
        )
    # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: a VPC is at most a /16.
    if not 16 <= vpc.prefixlen <= 18:
        raise AddressPlanError(
            f"{value} is a /{vpc.prefixlen}: a /16 to /18 holds three tiers of usable size"
        )
    return vpc
