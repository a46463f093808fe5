"""Rules and computed values of EKS clusters and access entries."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.aws.catalogue.tokens import (
    EKS,
    ROLE,
    SECURITY_GROUP,
    SUBNET,
    VPC,
)
from infra.local.aws.catalogue.versions import offered, standard
from infra.local.aws.clock import today
from infra.local.aws.codec import UNKNOWN, Properties, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_VPC_DOC = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
_PRIVATE = [
    ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
]


def now(_making: Making) -> Value:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _digits(making: Making) -> str:
    """The same for a cluster in its region, so that endpoint and issuer agree."""
    return hashlib.sha256(f"{making.region}/{making.id}".encode()).hexdigest()[:32].upper()


def endpoint(making: Making) -> Value:
    return f"https://{_digits(making)}.gr7.{making.region}.eks.amazonaws.com"


def identity(making: Making) -> Value:
    issuer = f"https://oidc.eks.{making.region}.amazonaws.com/id/{_digits(making)}"
    return [{"oidcs": [{"issuer": issuer}]}]


def authority(making: Making) -> Value:
    """No certificate: text in base64 that says so, since no API server stands behind it."""
    text = f"local cluster {making.id}: no certificate authority\n"
    return {"data": base64.b64encode(text.encode()).decode()}


def newest_version(_making: Making) -> Value:
    return standard(today())[-1]


def network(making: Making) -> Value:
    """What was asked for, with the cluster's own group, its VPC and the defaults."""
    given: Any = making.given("vpcConfig")
    if given == UNKNOWN:
        return UNKNOWN
    before: Any = making.outputs.get("vpcConfig") or {}
    fresh = f"sg-{hashlib.sha256(making.id.encode()).hexdigest()[:17]}" if making.id else UNKNOWN
    subnets = given.get("subnetIds")
    first = subnets[0] if isinstance(subnets, list) and subnets else None
    vpc = making.world.output(SUBNET, first, "vpcId")
    return {
        "endpointPrivateAccess": False,
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["0.0.0.0/0"],
        **given,
        "clusterSecurityGroupId": before.get("clusterSecurityGroupId") or fresh,
        "vpcId": vpc or before.get("vpcId") or UNKNOWN,
    }


def access(making: Making) -> Value:
    """CONFIG_MAP where nothing is asked for (API_CreateAccessConfigRequest)."""
    given: Any = making.given("accessConfig", {})
    if given == UNKNOWN:
        return UNKNOWN
    return {
        "authenticationMode": "CONFIG_MAP",
        "bootstrapClusterCreatorAdminPermissions": True,
        **given,
    }


def service_network(making: Making) -> Value:
    """10.100.0.0/16, or 172.20.0.0/16 where the VPC has addresses of 10.0.0.0/8
    (API_KubernetesNetworkConfigRequest).
    """
    given: Any = making.given("kubernetesNetworkConfig", {})
    if given == UNKNOWN:
        return UNKNOWN
    subnets: Any = at(making.inputs, "vpcConfig.subnetIds[*]")
    vpc = making.world.output(SUBNET, subnets[0], "vpcId") if subnets else None
    around = making.world.output(VPC, vpc, "cidrBlock")
    services = "10.100.0.0/16"
    if around is None or ipaddress.IPv4Network(around).overlaps(_PRIVATE[0]):
        services = "172.20.0.0/16"
    return {"ipFamily": "ipv4", "serviceIpv4Cidr": services, **given}


def offered_version(path: str) -> Rule:
    """A version that EKS makes clusters of today (`versions.py`)."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        value, versions = inputs.get(path), offered(today())
        if known(value) and value not in versions:
            yield Failure(
                path,
                f"InvalidParameterException: {path} {value!r} is none of {', '.join(versions)}"
                " (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html)",
            )

    return rule


def reachable(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """A cluster has an endpoint, public or private."""
    for config in blocks(inputs, "vpcConfig"):
        private, public = config.get("endpointPrivateAccess"), config.get("endpointPublicAccess")
        if public is False and private in (None, False):
            yield Failure(
                "vpcConfig",
                "InvalidParameterException: Private and public endpoint access cannot be false at"
                " once (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html)",
            )


def private_services(inputs: Properties, _: Scope) -> Iterator[Failure]:
    for text in at(inputs, "kubernetesNetworkConfig.serviceIpv4Cidr"):
        try:
            services = ipaddress.IPv4Network(text)
        except ValueError:
            continue  # the rule on ranges says so
        if not any(services.subnet_of(block) for block in _PRIVATE):
            yield Failure(
                "kubernetesNetworkConfig",
                f"serviceIpv4Cidr {text} is of no private range (RFC 1918; cluster.go"
                " validateIPv4CIDRPrivateRange)",
            )


def auto_mode(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Auto Mode is on in three places at once, or in none (cluster.go: CustomizeDiff)."""
    flags = {
        "computeConfig.enabled": at(inputs, "computeConfig.enabled"),
        "kubernetesNetworkConfig.elasticLoadBalancing.enabled": at(
            inputs, "kubernetesNetworkConfig.elasticLoadBalancing.enabled"
        ),
        "storageConfig.blockStorage.enabled": at(inputs, "storageConfig.blockStorage.enabled"),
    }
    if len({bool(values and values[0]) for values in flags.values()}) > 1:
        yield Failure(
            "computeConfig",
            f"{', '.join(flags)} must all be true or all false (cluster.go"
            " validateAutoModeCustomizeDiff)",
        )


def had_another_node_role(old: Properties, new: Properties) -> bool:
    before, after = at(old, "computeConfig.nodeRoleArn"), at(new, "computeConfig.nodeRoleArn")
    return bool(before) and before != after


def role_is_assumable(world: World, making: Making) -> None:
    """EKS takes only a role that trusts it."""
    role = world.find((ROLE,), making.given("roleArn"), ("arn",))
    if role and "eks.amazonaws.com" not in str(plain(role.outputs.get("assumeRolePolicy"))):
        raise AwsError(
            "InvalidParameterException",
            f"Role {role.id} could not be assumed because the trusted entity is not correct: its"
            " trust policy does not name eks.amazonaws.com",
        )


def two_zones_of_one_vpc(world: World, making: Making) -> None:
    """Subnets of two zones at least, subnets and groups of one VPC."""
    subnets: list[Any] = at(making.inputs, "vpcConfig.subnetIds[*]")
    zones = {world.output(SUBNET, subnet, "availabilityZone") for subnet in subnets}
    if len(zones) < 2 and None not in zones:
        raise AwsError(
            "InvalidParameterException",
            f"Subnets specified must be in at least two different AZs, not {len(zones)}"
            f" ({_VPC_DOC})",
        )
    groups = at(making.inputs, "vpcConfig.securityGroupIds[*]")
    vpcs = {world.output(SUBNET, subnet, "vpcId") for subnet in subnets}
    vpcs |= {world.output(SECURITY_GROUP, group, "vpcId") for group in groups}
    if len(vpcs - {None}) > 1:
        raise AwsError(
            "InvalidParameterException",
            f"subnets and security groups are of {len(vpcs - {None})} VPCs ({_VPC_DOC})",
        )


def next_version_only(world: World, making: Making) -> None:
    """The control plane goes up one minor version at a time, and never down."""
    before, after = world.output(EKS, making.id, "version"), making.given("version")
    if not before or not after:
        return
    step = int(after.split(".")[1]) - int(before.split(".")[1])
    if step not in (0, 1):
        raise AwsError(
            "InvalidParameterException",
            f"Unsupported Kubernetes minor version update from {before} to {after}: one at a time,"
            " and never down",
        )


def may_go(_world: World, making: Making) -> None:
    if making.given("deletionProtection"):
        raise AwsError(
            "InvalidRequestException",
            f"cluster {making.id} has deletion protection; set deletionProtection to false first",
            state=True,
        )
