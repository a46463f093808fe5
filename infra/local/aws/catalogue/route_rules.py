"""Rules and computed values of routes and VPC endpoints."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from infra.local.aws.catalogue.tokens import GATEWAY, ROUTE_TABLE, SUBNET, VPC
from infra.local.aws.codec import Properties, Value
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks
from infra.local.aws.spec import AwsError, Failure, Scope
from infra.local.aws.world import World

_ENDPOINT_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"


def route_id(making: Making) -> Value:
    """As Terraform makes it: `r-` + table + hash of the destination."""
    for name in ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"):
        if making.given(name):
            number = int.from_bytes(hashlib.sha256(making.given(name).encode()).digest()[:4])
            return f"r-{making.given('routeTableId')}{number}"
    return f"r-{making.given('routeTableId')}"


def route_gateway_of_vpc(world: World, making: Making) -> None:
    """A route's gateway is attached to the VPC of its table."""
    gateway = making.given("gatewayId")
    _check_gateway(world, gateway, world.output(ROUTE_TABLE, making.given("routeTableId"), "vpcId"))


def inline_gateways_of_vpc(world: World, making: Making) -> None:
    for route in making.given("routes", []):
        _check_gateway(world, route.get("gatewayId"), making.given("vpcId"))


def _check_gateway(world: World, gateway: Value, vpc: Value) -> None:
    attached = world.output(GATEWAY, gateway, "vpcId")
    if gateway and vpc and world.store.get(GATEWAY, gateway) and attached != vpc:
        raise AwsError(
            "InvalidParameterValue",
            f"route table of {vpc} and network gateway {gateway} belong to different networks",
        )


def route_is_not_local(world: World, making: Making) -> None:
    """The local route of a VPC is there already and cannot be made again."""
    vpc = world.output(ROUTE_TABLE, making.given("routeTableId"), "vpcId")
    if vpc and making.given("destinationCidrBlock") == world.output(VPC, vpc, "cidrBlock"):
        raise AwsError(
            "RouteAlreadyExists",
            f"{making.given('destinationCidrBlock')} is the local route of {vpc}",
        )


def inline_routes(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Each inline route has one destination and one target."""
    targets = {
        key
        for key in _ROUTE_KEYS
        if key not in ("cidrBlock", "ipv6CidrBlock", "destinationPrefixListId")
    }
    for route in blocks(inputs, "routes[*]"):
        given = {key for key, value in route.items() if value is not None}
        if len(given & targets) != 1 or len(given - targets) != 1:
            shown = ", ".join(sorted(given)) or "nothing"
            yield Failure(
                "routes",
                f"a route has one destination and one target, given: {shown} ({_ROUTE_DOC})",
            )


_ROUTE_DOC = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
_ROUTE_KEYS = (
    "cidrBlock",
    "ipv6CidrBlock",
    "destinationPrefixListId",
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "odbNetworkArn",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)


def vpc_of_default_table(making: Making) -> Value:
    table = making.given("defaultRouteTableId")
    vpcs = making.world.where(VPC, "defaultRouteTableId", table)
    return vpcs[0].id if vpcs else None


def same_vpc_as_table(world: World, making: Making) -> None:
    """A subnet is associated with a table of its own VPC."""
    table = world.output(ROUTE_TABLE, making.given("routeTableId"), "vpcId")
    subnet = world.output(SUBNET, making.given("subnetId"), "vpcId")
    if table and subnet and table != subnet:
        raise AwsError(
            "InvalidParameterValue",
            f"route table {making.given('routeTableId')} is of {table}, subnet"
            f" {making.given('subnetId')} of {subnet}",
        )


def _is_interface(making: Making) -> bool:
    return making.given("vpcEndpointType") == "Interface"


def prefix_list(making: Making) -> Value:
    """Gateway endpoints come with a prefix list, the same for every account of a region."""
    if making.given("vpcEndpointType") != "Gateway":
        return None
    return f"pl-{hashlib.sha256(str(making.given('serviceName')).encode()).hexdigest()[:8]}"


def endpoint_names(making: Making) -> Value:
    if not _is_interface(making):
        return []
    service = str(making.given("serviceName")).rsplit(".", 1)[-1]
    name = f"{making.id}-{making.id[5:13]}.{service}.{making.region}.vpce.amazonaws.com"
    return [{"dnsName": name, "hostedZoneId": "Z18LLCSTV4NVNL"}]


def endpoint_interfaces(making: Making) -> Value:
    """One interface a subnet; its id stays while the subnet stays."""
    subnets: list[str] = sorted(making.given("subnetIds", []))
    made = (hashlib.sha256(f"{making.id}{subnet}".encode()).hexdigest()[:17] for subnet in subnets)
    return [f"eni-{digits}" for digits in made] if _is_interface(making) else []


def endpoint_kind(inputs: Properties, scope: Scope) -> Iterator[Failure]:
    """Gateway endpoints are for S3 and DynamoDB, and take route tables in place of subnets and
    groups.
    """
    kind, service = inputs.get("vpcEndpointType"), inputs.get("serviceName")
    if kind == "Gateway":
        if isinstance(service, str) and not service.endswith((".s3", ".dynamodb", ".s3express")):
            yield Failure(
                "vpcEndpointType",
                f"InvalidParameter: {service} has no gateway endpoint ({_ENDPOINT_DOC})",
            )
        for name in ("subnetIds", "securityGroupIds", "privateDnsEnabled"):
            if inputs.get(name):
                yield Failure(
                    name, f"InvalidParameter: a gateway endpoint takes no {name} ({_ENDPOINT_DOC})"
                )
    elif inputs.get("routeTableIds"):
        yield Failure(
            "routeTableIds",
            f"InvalidParameter: a {kind} endpoint takes no routeTableIds ({_ENDPOINT_DOC})",
        )
    own = f"com.amazonaws.{scope.region}."
    elsewhere = (
        isinstance(service, str)
        and service.startswith("com.amazonaws.")
        and not service.startswith(own)
    )
    if elsewhere and not inputs.get("serviceRegion") and ".vpce." not in str(service):
        yield Failure(
            "serviceName",
            f"InvalidServiceName: {service} is not a service of {scope.region} ({_ENDPOINT_DOC})",
        )


def endpoint_subnets_differ_in_zone(world: World, making: Making) -> None:
    """An interface endpoint takes one subnet a zone."""
    seen: dict[str, str] = {}
    for subnet in making.given("subnetIds", []):
        zone = world.output(SUBNET, subnet, "availabilityZone")
        if zone in seen:
            raise AwsError(
                "DuplicateSubnetsInSameZone",
                f"{seen[zone]} and {subnet} are both in {zone}: one subnet a zone",
            )
        if zone:
            seen[zone] = subnet
