"""Security groups and their rules on the AWS API on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import DEFAULT_GROUP, SECURITY_GROUP
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api
from infra.local.aws.real.networks import ec2, put_tags, simple
from infra.local.aws.realising import Realiser

DIRECTIONS = (("egress", "IpPermissionsEgress"), ("ingress", "IpPermissions"))

type Opening = tuple[str, int | None, int | None, str, str]
"""Protocol, first and last port, the API's word for the kind of the other side, and that side."""


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
        for direction, key in DIRECTIONS:
            wanted = making.given(direction)
            if direction == "ingress" and wanted is None:
                continue
            there = openings_found(found[key])
            if wanted is not None and openings_wanted(api, wanted, group) == there:
                continue
            if there and (wanted is not None or _is_allow_all(found[key])):
                getattr(client, f"revoke_security_group_{direction}")(
                    GroupId=group, IpPermissions=found[key]
                )
            if wanted:
                getattr(client, f"authorize_security_group_{direction}")(
                    GroupId=group, IpPermissions=[_permission(api, rule, group) for rule in wanted]
                )
    put_tags(api, making)


def openings_found(permissions: list[dict[str, Any]]) -> set[Opening]:
    """What the API's description of a group lets through."""
    kinds = (
        ("IpRanges", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6"),
        ("PrefixListIds", "PrefixListId"),
        ("UserIdGroupPairs", "GroupId"),
    )
    return {
        (one["IpProtocol"], one.get("FromPort"), one.get("ToPort"), key, entry[key])
        for one in permissions
        for many, key in kinds
        for entry in one.get(many) or []
    }


def openings_wanted(api: Api, rules: list[dict[str, Any]], group: str) -> set[Opening]:
    """What a group's inline rules let through."""
    return openings_found([_permission(api, rule, group) for rule in rules])


def as_rules(openings: set[Opening]) -> list[dict[str, Any]]:
    """Openings as inline rules, one each."""
    words = {"CidrIp": "cidrBlocks", "CidrIpv6": "ipv6CidrBlocks", "GroupId": "securityGroups"}
    return [
        {
            "protocol": protocol,
            "fromPort": first or 0,
            "toPort": last or 0,
            words.get(kind, "prefixListIds"): [target],
        }
        for protocol, first, last, kind, target in sorted(openings, key=str)
    ]


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

    def settle(api: Api, making: Making) -> None:
        wanted = rule_request(api, making)
        with api.asking():
            ec2(api, making).modify_security_group_rules(
                GroupId=api.real(making.given("securityGroupId")),
                SecurityGroupRules=[
                    {"SecurityGroupRuleId": api.real(making.id), "SecurityGroupRule": wanted}
                ],
            )

    return Realiser(make, present, remove, settle)


def rule_request(api: Api, making: Making) -> dict[str, Any]:
    """A rule as `ModifySecurityGroupRules` takes it."""
    wanted: dict[str, Any] = {"IpProtocol": str(making.given("ipProtocol"))}
    if wanted["IpProtocol"] != "-1":
        wanted |= {"FromPort": making.given("fromPort"), "ToPort": making.given("toPort")}
    for name in ("cidrIpv4", "cidrIpv6", "prefixListId"):
        if making.given(name):
            wanted[name[0].upper() + name[1:]] = making.given(name)
    if making.given("referencedSecurityGroupId"):
        wanted["ReferencedGroupId"] = api.real(making.given("referencedSecurityGroupId"))
    return wanted


def _nothing(_api: Api, _making: Making) -> Properties:
    return {}  # a VPC brings its default group, and takes it along


def _never(_api: Api, _making: Making) -> bool:
    return False  # a VPC that was made anew has one, but not as it was put


REALISERS: Mapping[str, Realiser] = {
    SECURITY_GROUP: simple(
        _make_group, "describe_security_groups", "GroupIds", "delete_security_group", _settle_group
    ),
    DEFAULT_GROUP: Realiser(_nothing, _never, None, _settle_group),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("egress"),
}
