"""Contradictions about what others own: an adopted VPC, an external database."""

from __future__ import annotations

from collections.abc import Iterator

from infra.config.choices import ComputeProfile, DatabaseKind
from infra.config.errors import Problem
from infra.config.settings import Settings


def every_zone_has_its_subnets(settings: Settings) -> Iterator[Problem]:
    """An adopted VPC names a subnet of each tier for each zone, and for no other zone.

    The public tier is for what has an address of its own: a machine, a balancer.
    """
    network, profile = settings.stack.network, settings.stack.compute.profile
    if not network.adopt.vpc_id:
        return
    for tier, subnets in network.adopt.tiers.items():
        needed = tier != "public" or profile is not ComputeProfile.EXTERNAL
        key = f"gacp:network.adopt.{tier}Subnets"
        for letter in network.zones if needed or subnets.given else ():
            if letter not in subnets.given:
                rule = f"has to be given: gacp:network.zones has zone {letter}"
                way = f"name the VPC's {tier} subnet there, or take the zone out"
                yield Problem(f"{key}.{letter}", None, rule, way)
        for letter, id_ in subnets.given.items():
            if letter not in network.zones:
                rule = f"is in zone {letter}, which gacp:network.zones does not have"
                yield Problem(f"{key}.{letter}", id_, rule, "add the zone, or take this out")


def a_subnet_has_one_tier(settings: Settings) -> Iterator[Problem]:
    """An adopted subnet is named once: what reaches the internet must not hold the data."""
    first: dict[str, str] = {}
    for tier, subnets in settings.stack.network.adopt.tiers.items():
        for letter, id_ in subnets.given.items():
            key = f"gacp:network.adopt.{tier}Subnets.{letter}"
            if id_ in first:
                rule = f"is {first[id_]} too: a subnet has one tier and one zone"
                yield Problem(key, id_, rule, "name one of its own")
            first.setdefault(id_, key)


def an_external_database_is_found(settings: Settings) -> Iterator[Problem]:
    """An external database has a name, and ranges that the workloads may call."""
    database = settings.stack.database
    if database.kind is not DatabaseKind.EXTERNAL:
        return
    external = database.external
    if not external.host:
        rule = "has to be given where gacp:database.kind is external"
        yield Problem("gacp:database.external.host", external.host, rule)
    if external.srv and external.host.count(".") < 2:
        rule = "must have three parts or more where gacp:database.external.srv is true"
        way = "name the cluster as its mongodb+srv:// address does, or set srv to false"
        if external.host:
            yield Problem("gacp:database.external.host", external.host, rule, way)
    if not external.ranges:
        rule = "has to be given where gacp:database.kind is external: nothing else may be called"
        way = "name the range of the peering, or the addresses that Atlas shows"
        yield Problem("gacp:database.external.ranges", [], rule, way)


def a_secret_lies_at_hand(settings: Settings) -> Iterator[Problem]:
    """A given secret is in the stack's region and account, where its workloads may read it."""
    arn = settings.stack.database.external.secret_arn
    if not arn:
        return
    region, account = arn.split(":")[3:5]
    if (region, account) != (settings.aws.region, settings.account):
        rule = f"must be in {settings.aws.region} and account {settings.account}"
        way = "replicate the secret into the region, or let the stack make one (empty)"
        yield Problem("gacp:database.external.secretArn", arn, rule, way)
