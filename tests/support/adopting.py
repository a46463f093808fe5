"""What others own, as stack files name it, and what AWS says of it to a recorded program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REGION = "ap-southeast-1"
TIERS, LETTERS = ("public", "private", "data"), "abc"
VPC, GATEWAY = "vpc-0123456789abcdef0", "igw-0123456789abcdef0"


def subnet_id(tier: str, letter: str) -> str:
    return f"subnet-{TIERS.index(tier)}{LETTERS.index(letter)}00000000000000a"


ADOPT: dict[str, Any] = {
    "vpcId": VPC,
    **{f"{tier}Subnets": {each: subnet_id(tier, each) for each in LETTERS} for tier in TIERS},
}
ATLAS: dict[str, Any] = {
    "kind": "external",
    "external": {"host": "cluster0.ab1cd.mongodb.net", "ranges": ["192.168.248.0/21"]},
}


class Account:
    """Answers of AWS about the VPC. `said` changes one subnet's, by its id; `vpc` the VPC's.

    Public subnets have a table of their own, private ones leave through NAT by the VPC's main
    table, data subnets have a table without a way out.
    """

    def __init__(
        self, vpc: Mapping[str, Any] | None = None, said: Mapping[str, Any] | None = None
    ) -> None:
        self._vpc, self._said = vpc or {}, said or {}
        self.asked: list[str] = []
        self._subnets = {
            subnet_id(tier, each): self._subnet(tier, each) for tier in TIERS for each in LETTERS
        }

    def answer(self, token: str, args: dict[str, Any]) -> Any:
        """What a data source gives, or a pair of nothing and why not."""
        name = token.rpartition(":")[2]
        self.asked.append(name)
        known = {
            "getVpc": self._get_vpc,
            "getSubnet": self._get_subnet,
            "getRouteTables": self._get_route_tables,
            "getRouteTable": self._get_route_table,
        }
        return known[name](args)

    def _subnet(self, tier: str, letter: str) -> dict[str, Any]:
        row, column = TIERS.index(tier), LETTERS.index(letter)
        found = {
            "vpcId": VPC,
            "availabilityZone": f"{REGION}{letter}",
            "cidrBlock": f"172.20.{16 * row + column}.0/24",
            "mapPublicIpOnLaunch": tier == "public",
            "table": "" if tier == "private" else f"rtb-{tier}",
        }
        return {**found, **self._said.get(subnet_id(tier, letter), {})}

    def _get_vpc(self, args: dict[str, Any]) -> Any:
        found = {"enableDnsSupport": True, "enableDnsHostnames": True, "mainRouteTableId": "rtb-m"}
        if args["id"] != VPC:
            return {}, ["no matching EC2 VPC found"]
        return {**found, **self._vpc, "id": args["id"]}

    def _get_subnet(self, args: dict[str, Any]) -> Any:
        found = self._subnets.get(args["id"])
        return {**found, "id": args["id"]} if found else ({}, ["no matching subnet found"])

    def _get_route_tables(self, args: dict[str, Any]) -> Any:
        (asked,) = args["filters"]
        (id_,) = asked["values"]
        table = self._subnets.get(id_, {}).get("table")
        return {"id": REGION, "ids": [table] if table else []}

    def _get_route_table(self, args: dict[str, Any]) -> Any:
        table = args["routeTableId"]
        out = {"rtb-public": GATEWAY, "rtb-m": ""}
        nat = {"natGatewayId": "nat-0123"} if table == "rtb-m" else {}
        there = {"cidrBlock": "0.0.0.0/0", "gatewayId": out.get(table, ""), **nat}
        return {"id": table, "routes": [there] if table in out else []}
