"""VPCs and what lies in them, as the AWS API on loopback has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import (
    DEFAULT_GROUP,
    EIP,
    ENDPOINT,
    GATEWAY,
    LAUNCH_TEMPLATE,
    NAT,
    ROUTE,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    TABLE_LINK,
    VPC,
)
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api
from infra.local.aws.real.groups import DIRECTIONS, as_rules, openings_found, openings_wanted
from infra.local.aws.real.networks import ec2
from infra.local.aws.real.routes import LINKS, has_endpoint, route_of
from infra.local.aws.real.seen.common import See, asked, named, tags_in, there


def _one(api: Api, making: Making, describe: str, argument: str, answer: str) -> Any:
    """The description of a resource of EC2, or None."""
    client, identity = ec2(api, making), api.real(making.id)
    found = asked(api, lambda: getattr(client, describe)(**{argument: [identity]})[answer])
    return found[0] if found else None


def _tagged(describe: str, argument: str, answer: str) -> See:
    def see(api: Api, making: Making) -> Properties | None:
        found = _one(api, making, describe, argument, answer)
        return None if found is None else {"tagsAll": tags_in(found.get("Tags", []))}

    return see


def _vpc(api: Api, making: Making) -> Properties | None:
    found = _one(api, making, "describe_vpcs", "VpcIds", "Vpcs")
    if found is None:
        return None
    client, seen = ec2(api, making), {"tagsAll": tags_in(found.get("Tags", []))}
    with api.asking():
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            answer = client.describe_vpc_attribute(VpcId=api.real(making.id), Attribute=name)
            seen[name] = answer[name[0].upper() + name[1:]]["Value"]
    return seen


def _subnet(api: Api, making: Making) -> Properties | None:
    found = _one(api, making, "describe_subnets", "SubnetIds", "Subnets")
    if found is None:
        return None
    public = bool(found["MapPublicIpOnLaunch"])
    return {"mapPublicIpOnLaunch": public, "tagsAll": tags_in(found.get("Tags", []))}


def _gateway(api: Api, making: Making) -> Properties | None:
    found = _one(
        api, making, "describe_internet_gateways", "InternetGatewayIds", "InternetGateways"
    )
    if found is None:
        return None
    vpcs = [one["VpcId"] for one in found.get("Attachments", [])]
    vpc = named(api, making.given("vpcId"), vpcs[0]) if vpcs else None
    return {"vpcId": vpc, "tagsAll": tags_in(found.get("Tags", []))}


def _nat(api: Api, making: Making) -> Properties | None:
    """AWS shows a gateway for an hour after its end."""
    found = _one(api, making, "describe_nat_gateways", "NatGatewayIds", "NatGateways")
    if found is None or found["State"] in ("deleting", "deleted"):
        return None
    return {"tagsAll": tags_in(found.get("Tags", []))}


def _group(api: Api, making: Making) -> Properties | None:
    """Rules of a group that says none itself are resources of their own: one that somebody added
    is in no state, and only a look at the account finds it.
    """
    found = _one(api, making, "describe_security_groups", "GroupIds", "SecurityGroups")
    if found is None:
        return None
    seen: Properties = {"tagsAll": tags_in(found.get("Tags", []))}
    for direction, key in DIRECTIONS:
        wanted, there_is = making.given(direction), openings_found(found[key])
        if wanted is not None and openings_wanted(api, wanted, found["GroupId"]) != there_is:
            seen[direction] = as_rules(there_is)
    return seen


def _rule(api: Api, making: Making) -> Properties | None:
    client, rule = ec2(api, making), api.real(making.id)
    wanted = [{"Name": "group-id", "Values": [api.real(making.given("securityGroupId"))]}]
    rules = asked(
        api, lambda: client.describe_security_group_rules(Filters=wanted)["SecurityGroupRules"]
    )
    found = next((one for one in rules or [] if one["SecurityGroupRuleId"] == rule), None)
    if found is None:
        return None
    other = (found.get("ReferencedGroupInfo") or {}).get("GroupId")
    seen: Properties = {
        "cidrIpv4": found.get("CidrIpv4"),
        "cidrIpv6": found.get("CidrIpv6"),
        "referencedSecurityGroupId": named(api, making.given("referencedSecurityGroupId"), other),
        "ipProtocol": found["IpProtocol"],
    }
    if found["IpProtocol"] != "-1":
        seen |= {"fromPort": found.get("FromPort"), "toPort": found.get("ToPort")}
    return seen


def _route(api: Api, making: Making) -> Properties | None:
    if not any(making.given(name) for name in LINKS):
        return {}  # its target is only recorded, and so is the route
    found = route_of(api, making)
    if found is None:
        return None
    return {
        name: named(api, making.given(name), found.get(argument))
        for name, argument in LINKS.items()
    }


def _link(api: Api, making: Making) -> Properties | None:
    wanted = [{"Name": "association.route-table-association-id", "Values": [api.real(making.id)]}]
    client = ec2(api, making)
    tables = asked(api, lambda: client.describe_route_tables(Filters=wanted)["RouteTables"])
    if not tables:
        return None
    table = tables[0]["RouteTableId"]
    return {"routeTableId": named(api, making.given("routeTableId"), table)}


def _endpoint(api: Api, making: Making) -> Properties | None:
    return {} if has_endpoint(api, making) else None


def _template(api: Api, making: Making) -> Properties | None:
    client, template = ec2(api, making), api.real(making.id)
    return there(
        api,
        lambda: client.describe_launch_templates(LaunchTemplateIds=[template])["LaunchTemplates"],
    )


SEEN: Mapping[str, See] = {
    VPC: _vpc,
    SUBNET: _subnet,
    GATEWAY: _gateway,
    EIP: _tagged("describe_addresses", "AllocationIds", "Addresses"),
    NAT: _nat,
    SECURITY_GROUP: _group,
    DEFAULT_GROUP: _group,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule,
    ROUTE_TABLE: _tagged("describe_route_tables", "RouteTableIds", "RouteTables"),
    ROUTE: _route,
    TABLE_LINK: _link,
    ENDPOINT: _endpoint,
    LAUNCH_TEMPLATE: _template,
}
