"""Route tables, routes, endpoints and flow logs on the AWS API on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import (
    ENDPOINT,
    LAUNCH_TEMPLATE,
    ROUTE,
    ROUTE_TABLE,
    TABLE_LINK,
)
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api
from infra.local.aws.real.networks import ec2, simple
from infra.local.aws.realising import Realiser

LINKS = {"gatewayId": "GatewayId", "natGatewayId": "NatGatewayId"}


def _make_table(api: Api, making: Making) -> Properties:
    with api.asking():
        made = ec2(api, making).create_route_table(VpcId=api.real(making.given("vpcId")))
    return {"id": made["RouteTable"]["RouteTableId"]}


def _route_arguments(api: Api, making: Making) -> dict[str, Any]:
    arguments: dict[str, Any] = {"RouteTableId": api.real(making.given("routeTableId"))}
    if making.given("destinationCidrBlock"):
        arguments["DestinationCidrBlock"] = making.given("destinationCidrBlock")
    if making.given("destinationIpv6CidrBlock"):
        arguments["DestinationIpv6CidrBlock"] = making.given("destinationIpv6CidrBlock")
    return arguments


def _put_route(api: Api, making: Making) -> None:
    """A route to a target that this API has; others are only recorded."""
    client, arguments = ec2(api, making), _route_arguments(api, making)
    targets = {
        argument: api.real(making.given(name))
        for name, argument in LINKS.items()
        if making.given(name)
    }
    if targets and len(arguments) > 1:
        with api.asking():
            change = client.replace_route if _has_route(api, making) else client.create_route
            change(**arguments, **targets)


def _make_route(api: Api, making: Making) -> Properties:
    _put_route(api, making)
    return {}


def _has_route(api: Api, making: Making) -> bool:
    return route_of(api, making) is not None


def route_of(api: Api, making: Making) -> dict[str, Any] | None:
    """The route to this destination, as the API describes it."""
    client, arguments = ec2(api, making), _route_arguments(api, making)
    tables: list[dict[str, Any]] = []
    wanted = [arguments.pop("RouteTableId")]
    api.there(
        lambda: tables.extend(client.describe_route_tables(RouteTableIds=wanted)["RouteTables"])
    )
    routes = (route for table in tables for route in table["Routes"])
    return next((route for route in routes if arguments.items() <= route.items()), None)


def _remove_route(api: Api, making: Making) -> None:
    client, arguments = ec2(api, making), _route_arguments(api, making)
    api.away(lambda: client.delete_route(**arguments))


def _make_link(api: Api, making: Making) -> Properties:
    with api.asking():
        made = ec2(api, making).associate_route_table(
            RouteTableId=api.real(making.given("routeTableId")),
            SubnetId=api.real(making.given("subnetId")),
        )
    return {"id": made["AssociationId"]}


def _has_link(api: Api, making: Making) -> bool:
    client, link = ec2(api, making), api.real(making.id)
    wanted = [{"Name": "association.route-table-association-id", "Values": [link]}]
    return api.there(lambda: client.describe_route_tables(Filters=wanted)["RouteTables"])


def _remove_link(api: Api, making: Making) -> None:
    client, link = ec2(api, making), api.real(making.id)
    api.away(lambda: client.disassociate_route_table(AssociationId=link))


def _make_endpoint(api: Api, making: Making) -> Properties:
    lists = {
        "routeTableIds": "RouteTableIds",
        "subnetIds": "SubnetIds",
        "securityGroupIds": "SecurityGroupIds",
    }
    given = {
        argument: [api.real(value) for value in making.given(name)]
        for name, argument in lists.items()
        if making.given(name)
    }
    with api.asking():
        made = ec2(api, making).create_vpc_endpoint(
            VpcId=api.real(making.given("vpcId")),
            ServiceName=making.given("serviceName"),
            VpcEndpointType=making.given("vpcEndpointType", "Gateway"),
            **given,
        )
    return {"id": made["VpcEndpoint"]["VpcEndpointId"]}


def _remove_endpoint(api: Api, making: Making) -> None:
    client, endpoint = ec2(api, making), api.real(making.id)
    api.away(lambda: client.delete_vpc_endpoints(VpcEndpointIds=[endpoint]))


def has_endpoint(api: Api, making: Making) -> bool:
    """An endpoint is shown for a while after its end."""
    client, endpoint = ec2(api, making), api.real(making.id)
    return api.there(
        lambda: [
            found
            for found in client.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
            if found["State"].lower() not in ("deleting", "deleted")
        ]
    )


def _make_template(api: Api, making: Making) -> Properties:
    wanted = {"imageId": "ImageId", "instanceType": "InstanceType", "userData": "UserData"}
    data = {argument: making.given(name) for name, argument in wanted.items() if making.given(name)}
    with api.asking():
        made = ec2(api, making).create_launch_template(
            LaunchTemplateName=making.given("name"), LaunchTemplateData=data
        )
    return {"id": made["LaunchTemplate"]["LaunchTemplateId"]}


REALISERS: Mapping[str, Realiser] = {
    ROUTE_TABLE: simple(
        _make_table, "describe_route_tables", "RouteTableIds", "delete_route_table"
    ),
    ROUTE: Realiser(_make_route, _has_route, _remove_route, _put_route),
    TABLE_LINK: Realiser(_make_link, _has_link, _remove_link),
    ENDPOINT: Realiser(_make_endpoint, has_endpoint, _remove_endpoint),
    LAUNCH_TEMPLATE: simple(
        _make_template,
        "describe_launch_templates",
        "LaunchTemplateIds",
        "delete_launch_template",
        None,
    ),
}
