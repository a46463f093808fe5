"""VPCs, subnets, gateways, addresses and security groups on the AWS API on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import EIP, GATEWAY, NAT, SECURITY_GROUP, SUBNET, VPC
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api, tag_list
from infra.local.aws.realising import Realiser


def ec2(api: Api, making: Making) -> Any:
    return api.client("ec2", making.region)


def put_tags(api: Api, making: Making) -> None:
    """Tags of the record onto the resource; those that are gone from it stay (nobody reads them
    here).
    """
    tags = tag_list(making.outputs.get("tagsAll"))
    if tags:
        with api.asking():
            ec2(api, making).create_tags(Resources=[api.real(making.id)], Tags=tags)


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


def _make_group(api: Api, making: Making) -> Properties:
    client, vpc = ec2(api, making), making.given("vpcId")
    with api.asking():
        made = client.create_security_group(
            GroupName=making.given("name") or f"{making.given('namePrefix')}local",
            Description=making.given("description", "Managed by Pulumi") or "-",
            **({"VpcId": api.real(vpc)} if vpc else {}),
        )["GroupId"]
    return {"id": made}


def _settle_group(api: Api, making: Making) -> None:
    """Inline rules; a group with rules of their own has none here but AWS's allow-all egress, which
    goes.
    """
    client, group = ec2(api, making), api.real(making.id)
    with api.asking():
        found = client.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        for direction, key in (("egress", "IpPermissionsEgress"), ("ingress", "IpPermissions")):
            wanted = making.given(direction)
            if direction == "ingress" and wanted is None:
                continue
            if found.get(key) and (wanted is not None or _is_allow_all(found[key])):
                getattr(client, f"revoke_security_group_{direction}")(
                    GroupId=group, IpPermissions=found[key]
                )
            if wanted:
                getattr(client, f"authorize_security_group_{direction}")(
                    GroupId=group, IpPermissions=[_permission(api, rule, group) for rule in wanted]
                )
    put_tags(api, making)


def _is_allow_all(permissions: list[dict[str, Any]]) -> bool:
    return len(permissions) == 1 and permissions[0].get("IpProtocol") == "-1"


def _permission(api: Api, rule: Mapping[str, Any], own: str) -> dict[str, Any]:
    pairs = [{"GroupId": api.real(group)} for group in rule.get("securityGroups") or []]
    pairs += [{"GroupId": own}] if rule.get("self") else []
    permission: dict[str, Any] = {
        "IpProtocol": str(rule["protocol"]),
        "IpRanges": [{"CidrIp": cidr} for cidr in rule.get("cidrBlocks") or []],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in rule.get("ipv6CidrBlocks") or []],
        "UserIdGroupPairs": pairs,
    }
    if permission["IpProtocol"] != "-1":
        permission |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    return permission


def _rule_permission(api: Api, making: Making) -> dict[str, Any]:
    permission: dict[str, Any] = {"IpProtocol": str(making.given("ipProtocol"))}
    if making.given("fromPort") is not None and permission["IpProtocol"] != "-1":
        permission |= {"FromPort": making.given("fromPort"), "ToPort": making.given("toPort")}
    if making.given("cidrIpv4"):
        permission["IpRanges"] = [{"CidrIp": making.given("cidrIpv4")}]
    if making.given("cidrIpv6"):
        permission["Ipv6Ranges"] = [{"CidrIpv6": making.given("cidrIpv6")}]
    if making.given("prefixListId"):
        permission["PrefixListIds"] = [{"PrefixListId": making.given("prefixListId")}]
    if making.given("referencedSecurityGroupId"):
        other = api.real(making.given("referencedSecurityGroupId"))
        permission["UserIdGroupPairs"] = [{"GroupId": other}]
    return permission


def _rule(direction: str) -> Realiser:
    def make(api: Api, making: Making) -> Properties:
        client = ec2(api, making)
        with api.asking():
            made = getattr(client, f"authorize_security_group_{direction}")(
                GroupId=api.real(making.given("securityGroupId")),
                IpPermissions=[_rule_permission(api, making)],
            )["SecurityGroupRules"]
        return {"id": made[0]["SecurityGroupRuleId"]} if made else {}

    def present(api: Api, making: Making) -> bool:
        client, rule = ec2(api, making), api.real(making.id)
        wanted = [{"Name": "group-id", "Values": [api.real(making.given("securityGroupId"))]}]
        return api.there(
            lambda: [
                found
                for found in client.describe_security_group_rules(Filters=wanted)[
                    "SecurityGroupRules"
                ]
                if found["SecurityGroupRuleId"] == rule
            ]
        )

    def remove(api: Api, making: Making) -> None:
        client = ec2(api, making)
        group, rule = api.real(making.given("securityGroupId")), [_rule_permission(api, making)]
        revoke = getattr(client, f"revoke_security_group_{direction}")
        api.away(lambda: revoke(GroupId=group, IpPermissions=rule))

    return Realiser(make, present, remove)


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
    SECURITY_GROUP: simple(
        _make_group, "describe_security_groups", "GroupIds", "delete_security_group", _settle_group
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("egress"),
}
