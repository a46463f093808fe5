"""VPCs, subnets, gateways and addresses on the AWS API on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import EIP, GATEWAY, NAT, SUBNET, VPC
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api, tag_list
from infra.local.aws.realising import Realiser


def ec2(api: Api, making: Making) -> Any:
    return api.client("ec2", making.region)


def put_tags(api: Api, making: Making) -> None:
    """Tags of the record onto the resource, and those of nobody off it."""
    client, identity = ec2(api, making), api.real(making.id)
    wanted: dict[str, str] = making.outputs.get("tagsAll") or {}
    with api.asking():
        of_it = [{"Name": "resource-id", "Values": [identity]}]
        found = {tag["Key"] for tag in client.describe_tags(Filters=of_it)["Tags"]}
        if strange := sorted(found - wanted.keys()):
            client.delete_tags(Resources=[identity], Tags=[{"Key": key} for key in strange])
        if wanted:
            client.create_tags(Resources=[identity], Tags=tag_list(wanted))


def _make_vpc(api: Api, making: Making) -> Properties:
    client = ec2(api, making)
    with api.asking():
        made = client.create_vpc(
            CidrBlock=making.given("cidrBlock", "10.0.0.0/16"),
            InstanceTenancy=making.given("instanceTenancy", "default"),
        )["Vpc"]
        of_vpc = [{"Name": "vpc-id", "Values": [made["VpcId"]]}]
        groups = client.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
        tables = client.describe_route_tables(Filters=of_vpc)["RouteTables"]
        lists = client.describe_network_acls(Filters=of_vpc)["NetworkAcls"]
    return {
        "id": made["VpcId"],
        "defaultSecurityGroupId": groups[0]["GroupId"],
        "defaultRouteTableId": tables[0]["RouteTableId"],
        "mainRouteTableId": tables[0]["RouteTableId"],
        "defaultNetworkAclId": lists[0]["NetworkAclId"],
    }


def _settle_vpc(api: Api, making: Making) -> None:
    with api.asking():
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            wanted = {"Value": bool(making.outputs.get(name))}
            ec2(api, making).modify_vpc_attribute(
                VpcId=api.real(making.id), **{name[0].upper() + name[1:]: wanted}
            )
    put_tags(api, making)


def _make_subnet(api: Api, making: Making) -> Properties:
    zone = making.given("availabilityZone")
    with api.asking():
        made = ec2(api, making).create_subnet(
            VpcId=api.real(making.given("vpcId")),
            CidrBlock=making.given("cidrBlock"),
            **({"AvailabilityZone": zone} if zone else {}),
        )["Subnet"]
    return {"id": made["SubnetId"]}


def _settle_subnet(api: Api, making: Making) -> None:
    with api.asking():
        ec2(api, making).modify_subnet_attribute(
            SubnetId=api.real(making.id),
            MapPublicIpOnLaunch={"Value": bool(making.given("mapPublicIpOnLaunch"))},
        )
    put_tags(api, making)


def _make_gateway(api: Api, making: Making) -> Properties:
    client = ec2(api, making)
    with api.asking():
        made = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        if making.given("vpcId"):
            client.attach_internet_gateway(
                InternetGatewayId=made, VpcId=api.real(making.given("vpcId"))
            )
    return {"id": made}


def _remove_gateway(api: Api, making: Making) -> None:
    client, gateway = ec2(api, making), api.real(making.id)
    if making.given("vpcId"):
        vpc = api.real(making.given("vpcId"))
        api.away(lambda: client.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc))
    api.away(lambda: client.delete_internet_gateway(InternetGatewayId=gateway))


def _make_address(api: Api, making: Making) -> Properties:
    with api.asking():
        made = ec2(api, making).allocate_address(Domain="vpc")
    return {"id": made["AllocationId"], "publicIp": made["PublicIp"]}


def _make_nat(api: Api, making: Making) -> Properties:
    address = making.given("allocationId")
    with api.asking():
        made = ec2(api, making).create_nat_gateway(
            SubnetId=api.real(making.given("subnetId")),
            ConnectivityType=making.given("connectivityType", "public"),
            **({"AllocationId": api.real(address)} if address else {}),
        )["NatGateway"]
    return {"id": made["NatGatewayId"]}


def simple(
    make: Any, describe: str, argument: str, delete: str, settle: Any = put_tags
) -> Realiser:
    """A realiser of something that EC2 describes and deletes by its id."""
    singular = argument.removesuffix("s")

    def present(api: Api, making: Making) -> bool:
        client, identity = ec2(api, making), api.real(making.id)
        answer = lambda: getattr(client, describe)(**{argument: [identity]})  # noqa: E731
        return api.there(
            lambda: next(value for key, value in answer().items() if key != "ResponseMetadata")
        )

    def remove(api: Api, making: Making) -> None:
        client, identity = ec2(api, making), api.real(making.id)
        api.away(lambda: getattr(client, delete)(**{singular: identity}))

    return Realiser(make, present, remove, settle)


REALISERS: Mapping[str, Realiser] = {
    VPC: simple(_make_vpc, "describe_vpcs", "VpcIds", "delete_vpc", _settle_vpc),
    SUBNET: simple(_make_subnet, "describe_subnets", "SubnetIds", "delete_subnet", _settle_subnet),
    GATEWAY: Realiser(
        _make_gateway,
        simple(_make_gateway, "describe_internet_gateways", "InternetGatewayIds", "").present,
        _remove_gateway,
        put_tags,
    ),
    EIP: simple(_make_address, "describe_addresses", "AllocationIds", "release_address"),
    NAT: simple(_make_nat, "describe_nat_gateways", "NatGatewayIds", "delete_nat_gateway"),
}
