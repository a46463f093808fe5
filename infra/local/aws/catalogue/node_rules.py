"""Rules and computed values of EKS node groups, add-ons and pod identities."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.compute_rules import template_of
from infra.local.aws.catalogue.tokens import EKS, ROLE, SUBNET
from infra.local.aws.codec import UNKNOWN, Properties, Value, plain
from infra.local.aws.making import Making, render
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

# botocore, eks 2017-11-01, AMITypes.
IMAGE_TYPES = (
    "AL2_x86_64",
    "AL2_x86_64_GPU",
    "AL2_ARM_64",
    "CUSTOM",
    "BOTTLEROCKET_ARM_64",
    "BOTTLEROCKET_x86_64",
    "BOTTLEROCKET_ARM_64_FIPS",
    "BOTTLEROCKET_x86_64_FIPS",
    "BOTTLEROCKET_ARM_64_NVIDIA",
    "BOTTLEROCKET_x86_64_NVIDIA",
    "BOTTLEROCKET_ARM_64_NVIDIA_FIPS",
    "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
    "WINDOWS_CORE_2019_x86_64",
    "WINDOWS_FULL_2019_x86_64",
    "WINDOWS_CORE_2022_x86_64",
    "WINDOWS_FULL_2022_x86_64",
    "WINDOWS_CORE_2025_x86_64",
    "WINDOWS_FULL_2025_x86_64",
    "AL2023_x86_64_STANDARD",
    "AL2023_ARM_64_STANDARD",
    "AL2023_x86_64_NEURON",
    "AL2023_x86_64_NVIDIA",
    "AL2023_ARM_64_NVIDIA",
)
_SKEW_DOC = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"


def is_arm(name: str) -> bool:
    """Whether an instance class has a Graviton processor: a `g` after the generation's digit."""
    family = name.split(".")[0]
    after = family.lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0123456789")
    return family == "a1" or "g" in after


def classes(making: Making) -> Value:
    """The template's class, or t3.medium (API_CreateNodegroup)."""
    if making.given("launchTemplate"):
        return []
    return ["t3.medium"]


def image_type(making: Making) -> Value:
    if template_of(making).get("imageId"):
        return "CUSTOM"
    asked = making.given("instanceTypes") or [template_of(making).get("instanceType") or ""]
    return "AL2023_ARM_64_STANDARD" if is_arm(asked[0]) else "AL2023_x86_64_STANDARD"


def disk_size(making: Making) -> Value:
    return None if making.given("launchTemplate") else 20


def cluster_version(making: Making) -> Value:
    """Nodes are made with the version of the cluster, and keep it until they are told another."""
    kept = making.outputs.get("version")
    return kept or making.world.output(EKS, making.given("clusterName"), "version")


def release(making: Making) -> Value:
    version = making.given("version") or cluster_version(making)
    return f"{version}.0-20260101" if version and version != UNKNOWN else UNKNOWN


def group_name(making: Making) -> Value:
    """The name, or the given beginning with 26 characters (`create.Name`)."""
    return making.given("nodeGroupName") or render("{in.nodeGroupNamePrefix}{token}", making)


def group_resources(making: Making) -> Value:
    digits = hashlib.sha256(making.id.encode()).hexdigest()
    name = f"eks-{making.outputs.get('nodeGroupName')}-{digits[:8]}-{digits[8:12]}"
    return [{"autoscalingGroups": [{"name": name}], "remoteAccessSecurityGroupId": ""}]


def addon_version(making: Making) -> Value:
    """AWS chooses the default for the cluster's version; which one that is, is not modelled."""
    version = making.world.output(EKS, making.given("clusterName"), "version")
    return f"v1.{str(version).rpartition('.')[2]}.0-eksbuild.1"


_SIZES = ("minSize", "desiredSize", "maxSize")


def scaling(source: str) -> Rule:
    """0 ≤ minimum ≤ wished ≤ maximum, and a maximum of one at least."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for config in blocks(inputs, "scalingConfig"):
            numbers = [n for name in _SIZES if isinstance(n := config.get(name), int)]
            if len(numbers) < len(_SIZES):
                continue
            low, wished, high = numbers
            if not 0 <= low <= wished <= high or high < 1:
                yield Failure(
                    "scalingConfig",
                    f"InvalidParameterException: minSize {low}, desiredSize {wished}, maxSize"
                    f" {high} do not ascend from 0, with a maximum of 1 at least ({source})",
                )

    return rule


def one_unavailability(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = ("maxUnavailable", "maxUnavailablePercentage")
        for config in blocks(inputs, "updateConfig"):
            if all(config.get(name) is not None for name in names):
                yield Failure(
                    "updateConfig", f"{' and '.join(names)} exclude each other ({source})"
                )

    return rule


def template_decides(source: str) -> Rule:
    """Disk and remote access stand in the launch template where there is one."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        template: Any = inputs.get("launchTemplate")
        if template is None:
            return
        for name in ("diskSize", "remoteAccess"):
            if inputs.get(name) is not None:
                yield Failure(
                    name,
                    f"InvalidParameterException: {name} stands in the launch template ({source})",
                )
        if isinstance(template, dict) and ("id" in template) == ("name" in template):
            yield Failure(
                "launchTemplate", f"launchTemplate takes exactly one of id and name ({source})"
            )

    return rule


def nodes_of_clusters_vpc(world: World, making: Making) -> None:
    network: Any = world.output(EKS, making.given("clusterName"), "vpcConfig") or {}
    for subnet in making.given("subnetIds", []):
        vpc = world.output(SUBNET, subnet, "vpcId")
        if vpc and network.get("vpcId") not in (None, UNKNOWN, vpc):
            raise AwsError(
                "InvalidParameterException",
                f"subnet {subnet} is of {vpc}, the cluster of {network['vpcId']}",
            )


def not_newer_than_cluster(world: World, making: Making) -> None:
    """Nodes are as old as their cluster or up to three minor versions older."""
    ours = making.given("version")
    theirs = world.output(EKS, making.given("clusterName"), "version")
    if not ours or not theirs:
        return
    behind = int(str(theirs).split(".")[1]) - int(str(ours).split(".")[1])
    if not 0 <= behind <= 3:
        raise AwsError(
            "InvalidParameterException",
            f"Requested Nodegroup version {ours} does not go with cluster version {theirs}: equal,"
            f" or up to three minor versions older ({_SKEW_DOC})",
        )


def image_fits_classes(_world: World, making: Making) -> None:
    """An image is of the processor of its instance classes."""
    image = str(making.given("amiType", ""))
    if image in ("", "CUSTOM"):
        return
    for name in making.given("instanceTypes", []):
        if known(name) and is_arm(name) != ("ARM" in image):
            raise AwsError(
                "InvalidParameterException",
                f"[{name}] is not a valid instance type for requested amiType {image}",
            )


def role_trusts_pods(world: World, making: Making) -> None:
    """EKS Pod Identity takes the role, and tags the session."""
    role = world.find((ROLE,), making.given("roleArn"), ("arn",))
    text = str(plain(role.outputs.get("assumeRolePolicy"))) if role else ""
    if role and not ("pods.eks.amazonaws.com" in text and "sts:TagSession" in text):
        raise AwsError(
            "InvalidParameterException",
            f"Trust policy of role {role.id} must let pods.eks.amazonaws.com do sts:AssumeRole and"
            " sts:TagSession (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html)",
        )


def external_id(making: Making) -> Value:
    return making.outputs.get("externalId") or (
        hashlib.sha256(making.id.encode()).hexdigest() if making.given("targetRoleArn") else None
    )
