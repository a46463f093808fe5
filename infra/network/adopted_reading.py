"""Asks AWS about an adopted VPC. Nothing is made or changed: data sources alone, at preview too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws

from infra.config.adoption import AdoptConfig
from infra.config.errors import ConfigurationError, Problem
from infra.network.adopted_facts import ADOPT, FoundSubnet, FoundVpc
from infra.network.plan import Tier
from infra.network.ports import ANYWHERE


def read_adopted(config: AdoptConfig) -> tuple[FoundVpc, tuple[FoundSubnet, ...]]:
    """The VPC and its subnets in the order of tiers and zones.

    Raises `ConfigurationError` that names every id which AWS doesn't show.
    """
    reading = _Reading(config.vpc_id)
    vpc = reading.vpc()
    named = [
        (Tier(tier), letter, id_)
        for tier, subnets in config.tiers.items()
        for letter, id_ in subnets.given.items()
    ]
    subnets = [reading.subnet(*each) for each in named] if vpc else []
    if vpc is None or reading.problems:
        raise ConfigurationError(tuple(reading.problems))
    return vpc, tuple(each for each in subnets if each is not None)


class _Reading:
    """One round of questions; `problems` are those without an answer."""

    def __init__(self, vpc_id: str) -> None:
        self._vpc_id = vpc_id
        self._main_table = ""
        self._routes: dict[str, list[tuple[str, str]]] = {}
        self.problems: list[Problem] = []

    def vpc(self) -> FoundVpc | None:
        found = self._ask(f"{ADOPT}.vpcId", self._vpc_id, lambda: aws.ec2.get_vpc(id=self._vpc_id))
        if found is None:
            return None
        self._main_table = found.main_route_table_id
        return FoundVpc(found.id, bool(found.enable_dns_support), bool(found.enable_dns_hostnames))

    def subnet(self, tier: Tier, letter: str, id_: str) -> FoundSubnet | None:
        key = f"{ADOPT}.{tier}Subnets.{letter}"
        found = self._ask(key, id_, lambda: aws.ec2.get_subnet(id=id_))
        routes = self._ask(key, id_, lambda: self._routes_of(id_))
        if found is None or routes is None:
            return None
        gateways = [target for _, target in routes if target.startswith("igw-")]
        return FoundSubnet(
            id=id_,
            tier=tier,
            zone_letter=letter,
            vpc_id=found.vpc_id,
            zone=found.availability_zone,
            cidr=found.cidr_block,
            gives_addresses=bool(found.map_public_ip_on_launch),
            internet_gateway=gateways[0] if gateways else "",
            leaves=any(where == ANYWHERE for where, _ in routes),
        )

    def _routes_of(self, subnet_id: str) -> list[tuple[str, str]]:
        """(range, gateway or empty) of each route of the table that the subnet uses: the one that
        it is tied to, else the VPC's main one."""
        tied = aws.ec2.get_route_tables(
            filters=[{"name": "association.subnet-id", "values": [subnet_id]}]
        ).ids
        table = tied[0] if tied else self._main_table
        if table not in self._routes:
            routes = aws.ec2.get_route_table(route_table_id=table).routes
            self._routes[table] = [(each.cidr_block, each.gateway_id) for each in routes]
        return self._routes[table]

    def _ask(self, key: str, id_: str, question: Callable[[], Any]) -> Any:
        """The answer; where AWS gives none, a problem is noted and None comes back."""
        try:
            return question()
        except Exception as error:  # noqa: BLE001 - the SDK raises no narrower kind (invoke.py)
            rule = "must be there, in this account and region, and readable for this role"
            if all(each.key != key for each in self.problems):
                self.problems.append(Problem(key, id_, rule, f"AWS said: {error}"))
            return None
