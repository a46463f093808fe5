"""Subnets and route tables of the record.

Sources: `vpc_subnet_data_source.go`, `vpc_route_table_data_source.go` and
`vpc_route_tables_data_source.go` of hashicorp/terraform-provider-aws `internal/service/ec2`: one
match or an error for the first two, any number for the third; the local route is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from infra.local.aws.catalogue.tokens import (
    ENDPOINT,
    ENDPOINT_ROUTE,
    ROUTE,
    ROUTE_TABLE,
    SUBNET,
    TABLE_LINK,
    VPC,
)
from infra.local.aws.codec import Properties, plain
from infra.local.aws.spec import ACCOUNT
from infra.local.aws.store import Record
from infra.local.aws.world import World

if TYPE_CHECKING:
    from infra.local.aws.lifecycle import Lifecycle

DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"

_TARGETS = (
    *("carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "instanceId"),
    *("localGatewayId", "natGatewayId", "networkInterfaceId", "odbNetworkArn"),
    *("transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId"),
)
_DESTINATIONS = ("cidrBlock", "destinationPrefixListId", "ipv6CidrBlock")
# A route that is a resource of its own names its ranges otherwise.
_OF_A_ROUTE = {"cidrBlock": "destinationCidrBlock", "ipv6CidrBlock": "destinationIpv6CidrBlock"}


def subnet(life: Lifecycle, args: Properties) -> Properties:
    """A subnet by id, VPC, zone, range or tags. Raises LookupError unless exactly one matches."""
    world = _world(life, args)
    asked = {
        key: args[key]
        for key in ("vpcId", "availabilityZone", "availabilityZoneId", "cidrBlock")
        if args.get(key) is not None
    }
    _refuse_filters(args)
    found = [
        record
        for record in world.store.of_type(SUBNET)
        if args.get("id") in (None, record.id)
        and asked.items() <= plain(record.outputs).items()
        and (args.get("tags") or {}).items() <= _tags(record).items()
    ]
    record = _the_one(found, "subnets", "InvalidSubnetID.NotFound", args)
    outputs = plain(record.outputs)
    return {
        **outputs,
        "id": record.id,
        "tags": _tags(record),
        "state": "available",
        "defaultForAz": False,
        "mapPublicIpOnLaunch": bool(outputs.get("mapPublicIpOnLaunch")),
    }


def route_tables(life: Lifecycle, args: Properties) -> Properties:
    """Ids of the tables that match; none is no error."""
    world = _world(life, args)
    ids = [table["id"] for table in _tables(world) if _matches(world, table, args)]
    return {**args, "id": world.region, "region": world.region, "ids": sorted(ids)}


def route_table(life: Lifecycle, args: Properties) -> Properties:
    """One table with its routes. Raises LookupError unless exactly one matches."""
    world = _world(life, args)
    found = [table for table in _tables(world) if _matches(world, table, args)]
    table = _the_one(found, "route tables", "InvalidRouteTableID.NotFound", args)
    identity = str(table["id"])
    return {
        **table,
        "arn": f"arn:aws:ec2:{world.region}:{ACCOUNT}:route-table/{identity}",
        "routeTableId": identity,
        "ownerId": ACCOUNT,
        "region": world.region,
        "routes": list(_routes(world, identity, table["routes"])),
        "associations": list(_associations(world, table)),
    }


def _world(life: Lifecycle, args: Properties) -> World:
    return life.world.seen_from(str(args.get("region") or life.config.region))


def _the_one[T](found: list[T], kind: str, code: str, args: Properties) -> T:
    if len(found) != 1:
        raise LookupError(f"{len(found)} {kind} match {args}; exactly one must ({code})")
    return found[0]


def _tables(world: World) -> Iterator[dict[str, Any]]:
    """Tables that were made, and the one that each VPC came with."""
    managed: dict[str, Record] = {
        record.id: record for record in world.store.of_type(DEFAULT_TABLE)
    }
    for record in world.store.of_type(ROUTE_TABLE):
        yield _described(record.id, plain(record.outputs), main=False)
    for vpc in world.store.of_type(VPC):
        identity = str(plain(vpc.outputs).get("mainRouteTableId"))
        own = plain(managed[identity].outputs) if identity in managed else {}
        yield _described(identity, {**own, "vpcId": vpc.id}, main=True)


def _described(identity: str, outputs: dict[str, Any], *, main: bool) -> dict[str, Any]:
    return {
        "id": identity,
        "vpcId": outputs.get("vpcId"),
        "tags": outputs.get("tagsAll") or {},
        "routes": outputs.get("routes") or [],
        "main": main,
    }


def _matches(world: World, table: dict[str, Any], args: Properties) -> bool:
    asked = {"vpc-id": args.get("vpcId"), "route-table-id": args.get("routeTableId")}
    wanted = {name: [value] for name, value in asked.items() if value is not None}
    if args.get("subnetId") is not None:
        wanted["association.subnet-id"] = [args["subnetId"]]
    filters: list[dict[str, Any]] = args.get("filters") or []
    wanted |= {str(each["name"]): each["values"] for each in filters}
    is_so = {
        "vpc-id": [table["vpcId"]],
        "route-table-id": [table["id"]],
        "association.main": ["true" if table["main"] else "false"],
        "association.subnet-id": [
            plain(link.outputs).get("subnetId")
            for link in world.where(TABLE_LINK, "routeTableId", table["id"])
        ],
    }
    for name in wanted:
        if name not in is_so:
            known = ", ".join(is_so)
            raise LookupError(f"filter {name!r} is not modelled here; known are {known}")
    tags = (args.get("tags") or {}).items() <= table["tags"].items()
    return tags and all(set(values) & set(is_so[name]) for name, values in wanted.items())


def _routes(world: World, table: str, inline: list[dict[str, Any]]) -> Iterator[Properties]:
    """Every route but the local one; a gateway endpoint has a route in each of its tables."""
    for route in inline:
        yield _route({name: route.get(name) for name in (*_DESTINATIONS, *_TARGETS)})
    for record in world.where(ROUTE, "routeTableId", table):
        given = plain(record.outputs)
        ranges = {name: given.get(_OF_A_ROUTE.get(name, name)) for name in _DESTINATIONS}
        yield _route({**ranges, **{name: given.get(name) for name in _TARGETS}})
    tied = {
        plain(link.inputs).get("vpcEndpointId")
        for link in world.where(ENDPOINT_ROUTE, "routeTableId", table)
    }
    for record in world.store.of_type(ENDPOINT):
        outputs = plain(record.outputs)
        if table in (outputs.get("routeTableIds") or []) or record.id in tied:
            listed = outputs.get("prefixListId")
            yield _route({"destinationPrefixListId": listed, "gatewayId": record.id})


def _route(given: dict[str, Any]) -> Properties:
    return {name: given.get(name) or "" for name in (*_DESTINATIONS, *_TARGETS)}


def _associations(world: World, table: dict[str, Any]) -> Iterator[Properties]:
    if table["main"]:
        yield _association("", table["id"], "", main=True)
    for link in world.where(TABLE_LINK, "routeTableId", table["id"]):
        subnet_id = str(plain(link.outputs).get("subnetId") or "")
        yield _association(link.id, table["id"], subnet_id, main=False)


def _association(identity: str, table: str, subnet_id: str, *, main: bool) -> Properties:
    return {
        "routeTableAssociationId": identity,
        "routeTableId": table,
        "subnetId": subnet_id,
        "gatewayId": "",
        "main": main,
    }


def _tags(record: Record) -> dict[str, str]:
    return plain(record.outputs.get("tagsAll") or {})


def _refuse_filters(args: Properties) -> None:
    if args.get("filters"):
        raise LookupError("filters of subnets are not modelled here: ask by id, VPC, zone or tags")
