"""Rules and computed values of load balancers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from infra.local.aws.catalogue.provider_source import after_name, arn_of
from infra.local.aws.catalogue.tokens import (
    GATEWAY,
    LISTENER,
    SECURITY_GROUP,
    SUBNET,
)
from infra.local.aws.codec import Properties, Value, at, has_unknown, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_LOGS_DOC = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html"
)
_KINDS = {"application": "app", "network": "net", "gateway": "gwy"}


def arn(making: Making) -> Value:
    """The ARN ends with the kind, the name and 16 hexadecimal digits."""
    kind = _KINDS[making.given("loadBalancerType")]
    return after_name(arn_of(f"elasticloadbalancing:loadbalancer/{kind}/{{out.name}}/{{sixteen}}"))(
        making
    )


def suffix(word: str, *, keep: bool = False) -> Callable[[Making], Value]:
    """The end of the ARN behind `word`, as CloudWatch's dimensions have it."""

    def value(making: Making) -> Value:
        end = str(plain(making.outputs.get("arn"))).partition(word)[2]
        return f"{word}{end}" if keep else end

    return value


def dns_name(making: Making) -> Value:
    """The public name: a network balancer's carries its id, an application balancer's a number."""
    name, number = str(plain(making.outputs.get("arn"))).split("/")[-2:]
    if making.given("loadBalancerType") == "network":
        return f"{name}-{number}.elb.{making.region}.amazonaws.com"
    digits = int.from_bytes(hashlib.sha256(number.encode()).digest()[:4])
    before = "internal-" if making.given("internal") else ""
    return f"{before}{name}-{digits}.{making.region}.elb.amazonaws.com"


def _subnets(making: Making) -> list[Value]:
    return at(making.inputs, "subnets[*]") + at(making.inputs, "subnetMappings[*].subnetId")


def vpc(making: Making) -> Value:
    first = (_subnets(making) or [None])[0]
    return making.world.output(SUBNET, first, "vpcId")


def default_groups(making: Making) -> Value:
    """An application balancer without groups gets the VPC's own one, a network balancer none."""
    if making.given("loadBalancerType") != "application":
        return []
    own = making.world.output("aws:ec2/vpc:Vpc", vpc(making), "defaultSecurityGroupId")
    return [own] if own else []


def subnets_of_mappings(making: Making) -> Value:
    return at(making.inputs, "subnetMappings[*].subnetId")


def mappings_of_subnets(making: Making) -> Value:
    return [{"subnetId": subnet} for subnet in at(making.inputs, "subnets[*]")]


def enforced(making: Making) -> Value:
    network = making.given("loadBalancerType") == "network"
    return "on" if network and making.given("securityGroups") else None


def network_loses(name: str) -> Callable[[Properties, Properties], bool]:
    """A network balancer takes more subnets in place, and any other change of them anew."""

    def when(old: Properties, new: Properties) -> bool:
        before, after = old.get(name) or [], new.get(name) or []
        network = new.get("loadBalancerType") == "network"
        return network and not has_unknown(after) and len(after) <= len(before)

    return when


def mappings_differ(old: Properties, new: Properties) -> bool:
    """Mappings that stay must stay as they are; a network balancer cannot lose one."""
    before: list[Any] = old.get("subnetMappings") or []
    after: list[Any] = new.get("subnetMappings") or []
    if has_unknown(after) or new.get("loadBalancerType") == "gateway":
        return False
    fewer = len(after) <= len(before)
    if fewer and new.get("loadBalancerType") == "network":
        return True
    kept = [mapping for mapping in before if mapping in after]
    return len(kept) < min(len(before), len(after)) or len(before) == len(after)


def network_groups_begin_or_end(old: Properties, new: Properties) -> bool:
    """A network balancer gets its first group, or loses its last one, only when it is made."""
    before, after = old.get("securityGroups"), new.get("securityGroups")
    network = new.get("loadBalancerType") == "network"
    return network and not has_unknown(after) and bool(before) != bool(after)


def of_kind(source: str) -> Rule:
    """What only one kind of balancer takes, and how many subnets each wants."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        kind = inputs.get("loadBalancerType")
        subnets = inputs.get("subnets", inputs.get("subnetMappings"))
        if kind == "application" and isinstance(subnets, list) and len(subnets) < 2:
            shown = "ValidationError: at least two subnets in two zones are needed"
            yield Failure("subnets", f"{shown} ({source})")
        if isinstance(subnets, list) and not subnets:
            yield Failure("subnets", f"ValidationError: at least one subnet is needed ({source})")
        if kind == "gateway" and inputs.get("securityGroups"):
            shown = "InvalidConfigurationRequest: gateway load balancers have no security groups"
            yield Failure("securityGroups", f"{shown} ({source})")
        if kind == "gateway" and inputs.get("internal"):
            shown = "InvalidConfigurationRequest: gateway load balancers have no scheme"
            yield Failure("internal", f"{shown} ({source})")
        for name in ("connectionLogs", "ipamPools", "healthCheckLogs"):
            if known(kind) and kind != "application" and inputs.get(name):
                shown = f"{name} is for application load balancers, not {kind}"
                yield Failure(name, f"InvalidConfigurationRequest: {shown} ({source})")
        if kind == "gateway" and inputs.get("accessLogs"):
            shown = "InvalidConfigurationRequest: gateway load balancers have no access logs"
            yield Failure("accessLogs", f"{shown} ({source})")

    return rule


def addresses(source: str) -> Rule:
    """Fixed addresses are a network balancer's: elastic ones outside, private ones inside."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        kind, inside = inputs.get("loadBalancerType"), bool(inputs.get("internal"))
        for name in ("allocationId", "privateIpv4Address", "ipv6Address"):
            given = at(inputs, f"subnetMappings[*].{name}")
            if given and known(kind) and kind != "network":
                shown = f"subnetMappings {name} is for network load balancers, not {kind}"
                yield Failure("subnetMappings", f"InvalidConfigurationRequest: {shown} ({source})")
            elif given and (name, inside) in _WRONG_SIDE:
                side = "internal" if inside else "internet-facing"
                shown = f"an {side} load balancer takes no {name}"
                yield Failure("subnetMappings", f"InvalidConfigurationRequest: {shown} ({source})")

    return rule


_WRONG_SIDE = {("allocationId", True), ("privateIpv4Address", False)}


def zones_of_one_vpc(world: World, making: Making) -> None:
    """Subnets are of one VPC, and no two of one zone (API_CreateLoadBalancer)."""
    subnets = [world.store.get(SUBNET, subnet) for subnet in _subnets(making)]
    vpcs = {plain(subnet.outputs.get("vpcId")) for subnet in subnets if subnet}
    zones = [plain(subnet.outputs.get("availabilityZone")) for subnet in subnets if subnet]
    if len(vpcs) > 1:
        raise AwsError("InvalidConfigurationRequest", f"subnets are of {len(vpcs)} VPCs")
    if len(set(zones)) < len(zones):
        raise AwsError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone:"
            f" {', '.join(map(str, zones))}",
        )


def groups_of_vpc(world: World, making: Making) -> None:
    mine = vpc(making)
    for group in making.given("securityGroups", []):
        theirs = world.output(SECURITY_GROUP, group, "vpcId")
        if mine and theirs and theirs != mine:
            raise AwsError(
                "InvalidConfigurationRequest",
                f"One or more security groups are invalid: {group} is of {theirs}, not of {mine}",
            )


def reachable_from_outside(world: World, making: Making) -> None:
    """An internet-facing balancer stands in a VPC with an internet gateway."""
    mine = vpc(making)
    gateway = making.given("internal") or making.given("loadBalancerType") == "gateway"
    if mine and not gateway and not world.where(GATEWAY, "vpcId", mine):
        raise AwsError(
            "InvalidSubnet",
            f"VPC {mine} has no internet gateway; make one first (depends_on), or set internal",
            state=True,
        )


def bucket_takes_logs(world: World, making: Making) -> None:
    """The bucket's policy lets the service write (API_ModifyLoadBalancerAttributes checks it)."""
    for logs in ("accessLogs", "connectionLogs", "healthCheckLogs"):
        given: Any = making.given(logs) or {}
        bucket = given.get("bucket")
        if not given.get("enabled") or not bucket:
            continue
        policy = world.output("aws:s3/bucketPolicy:BucketPolicy", bucket, "policy")
        writers = ("elasticloadbalancing", "delivery.logs.amazonaws.com")
        if not any(writer in str(policy) for writer in writers):
            raise AwsError(
                "InvalidConfigurationRequest",
                f"Access Denied for bucket: {bucket}. {logs}: its policy lets neither"
                f" logdelivery.elasticloadbalancing.amazonaws.com nor {writers[1]} write; make the"
                f" policy first (depends_on) ({_LOGS_DOC})",
                state=True,
            )


def may_go(_world: World, making: Making) -> None:
    if making.given("enableDeletionProtection"):
        raise AwsError(
            "OperationNotPermitted",
            f"Load balancer {making.id} cannot be deleted because deletion protection is enabled;"
            " set enableDeletionProtection to false first",
            state=True,
        )


def takes_listeners_along(world: World, making: Making) -> None:
    """Deleting a load balancer deletes its listeners (API_DeleteLoadBalancer)."""
    for listener in world.where(LISTENER, "loadBalancerArn", making.id):
        world.store.remove(listener)
