"""Rules and computed values of what stands around a replication group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import (
    CACHE_USER,
    SUBNET,
)
from infra.local.aws.codec import UNKNOWN, Properties, Value
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_PARAMETERS_DOC = (
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html"
)


def vpc_of_subnets(making: Making) -> Value:
    subnets: list[str] = making.given("subnetIds", [])
    return making.world.output(SUBNET, subnets[0], "vpcId") if subnets else None


def one_vpc(world: World, making: Making) -> None:
    subnets: list[str] = making.given("subnetIds", [])
    if not subnets:
        raise AwsError(
            "InvalidParameterValue", "subnetIds is empty; a subnet group has at least one"
        )
    vpcs = {world.output(SUBNET, subnet, "vpcId") for subnet in subnets}
    if len(vpcs) > 1:
        raise AwsError(
            "InvalidSubnet", f"the subnets are of several VPCs: {', '.join(sorted(map(str, vpcs)))}"
        )


_POLICIES = (
    "volatile-lru",
    "allkeys-lru",
    "volatile-lfu",
    "allkeys-lfu",
    "volatile-random",
    "allkeys-random",
    "volatile-ttl",
    "noeviction",
)


def parameters(inputs: Properties, _: Scope) -> Iterator[Failure]:
    for entry in blocks(inputs, "parameters[*]"):
        value = entry.get("value")
        if entry.get("name") == "maxmemory-policy" and value not in (UNKNOWN, *_POLICIES):
            shown = f"maxmemory-policy {value!r} is none of {', '.join(_POLICIES)}"
            yield Failure("parameters", f"InvalidParameterValue: {shown} ({_PARAMETERS_DOC})")
        if entry.get("name") in ("appendonly", "bind", "dir", "requirepass"):
            yield Failure(
                "parameters",
                f"InvalidParameterValue: {entry['name']} cannot be set on ElastiCache"
                f" ({_PARAMETERS_DOC})",
            )


def authentication(making: Making) -> Value:
    if making.given("noPasswordRequired"):
        return {"type": "no-password", "passwordCount": 0}
    several: list[str] = making.given("passwords", [])
    return {
        "type": "password",
        "passwordCount": len(several) or int(bool(making.given("passwordsWo"))),
    }


def user(source: str) -> Rule:
    """An access string that begins with on or off, a way to sign in, and passwords of 16 to 128
    characters.
    """

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        access = inputs.get("accessString")
        if known(access) and not re.match(r"(on|off)(\s|$)", str(access)):
            yield Failure(
                "accessString",
                "InvalidParameterValue: an access string begins with on or off, such as `on ~*"
                f" +@all` ({source})",
            )
        mode: Any = inputs.get("authenticationMode") or {}
        ways = ("passwords", "passwordsWo", "noPasswordRequired", "authenticationMode")
        if not any(inputs.get(way) for way in ways):
            yield Failure(
                "authenticationMode",
                f"InvalidParameterCombination: one of {', '.join(ways)} is needed ({source})",
            )
        names = (inputs.get("userId"), inputs.get("userName"))
        by_iam = isinstance(mode, dict) and mode.get("type") == "iam"
        if by_iam and all(map(known, names)) and names[0] != names[1]:
            yield Failure(
                "userName",
                f"InvalidParameterValue: with IAM, userName must equal userId ({source})",
            )
        given = [*(inputs.get("passwords") or []), inputs.get("passwordsWo")]
        if isinstance(mode, dict):
            given.extend(mode.get("passwords") or [])
        for password in given:
            if isinstance(password, str) and known(password) and not 16 <= len(password) <= 128:
                yield Failure(
                    "passwords",
                    f"InvalidParameterValue: a password has 16 to 128 characters ({source})",
                )

    return rule


def group_has_default_user(world: World, making: Making) -> None:
    """A Redis OSS group holds exactly one user named `default`; a Valkey group needs none."""
    names = [world.output(CACHE_USER, member, "userName") for member in making.given("userIds", [])]
    if names.count("default") > 1:
        raise AwsError("DuplicateUserName", "the user group has more than one user named `default`")
    if making.given("engine") == "redis" and "default" not in names:
        raise AwsError(
            "DefaultUserRequired", "a user group of engine redis needs a user named `default`"
        )
