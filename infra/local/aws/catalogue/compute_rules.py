"""Rules and computed values of launch templates and instances."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import LAUNCH_TEMPLATE, SECURITY_GROUP, SUBNET
from infra.local.aws.codec import Properties, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Computed, Failure, Rule, Scope
from infra.local.aws.world import World

USER_DATA_BYTES = 16 * 1024
_VOLUME_DOC = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html"
_RUN_DOC = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html"


def next_version(making: Making) -> Value:
    """Every update of a launch template makes a new version."""
    return int(making.outputs.get("latestVersion") or 0) + 1


def default_version(making: Making) -> Value:
    if making.given("defaultVersion"):
        return making.given("defaultVersion")
    if making.given("updateDefaultVersion") or not making.outputs.get("defaultVersion"):
        return making.outputs.get("latestVersion", 1)
    return making.outputs["defaultVersion"]


def template_of(making: Making) -> Properties:
    """Inputs of the launch template that the instance names, or nothing."""
    named: Any = making.given("launchTemplate", {})
    for record in making.world.store.of_type(LAUNCH_TEMPLATE):
        if record.id == named.get("id") or plain(record.outputs.get("name")) == named.get("name"):
            return plain(record.inputs)
    return {}


def from_template(name: str) -> Computed:
    return lambda making: template_of(making).get(name)


def subnet(making: Making) -> Value:
    interfaces = at(template_of(making), "networkInterfaces[*].subnetId")
    return interfaces[0] if interfaces else None


def zone_of_subnet(making: Making) -> Value:
    place = making.given("subnetId") or making.outputs.get("subnetId")
    return making.world.output(SUBNET, place, "availabilityZone")


def private_name(making: Making) -> Value:
    address = making.given("privateIp") or making.outputs.get("privateIp")
    return (
        f"ip-{str(address).replace('.', '-')}.{making.region}.compute.internal" if address else None
    )


def public_ip(_making: Making) -> Value:
    """An address that is not elastic is not modelled: the instance has none until one is
    associated.
    """
    return ""


def groups(making: Making) -> Value:
    template = template_of(making)
    return template.get("vpcSecurityGroupIds") or at(
        template, "networkInterfaces[*].securityGroups[*]"
    )


def profile_of_template(making: Making) -> Value:
    profile: Any = template_of(making).get("iamInstanceProfile") or {}
    return profile.get("name") or str(profile.get("arn", "")).rpartition("/")[2] or None


def root_volume(making: Making) -> Value:
    """gp3 with the size and encryption that the template asks for; 8 GiB otherwise."""
    disks = at(template_of(making), "blockDeviceMappings[*].ebs")
    disk: Any = disks[0] if disks else {}
    return {
        "deviceName": "/dev/xvda",
        "volumeSize": disk.get("volumeSize", 8),
        "volumeType": disk.get("volumeType", "gp3"),
        "encrypted": disk.get("encrypted") in (True, "true"),
        "deleteOnTermination": True,
    }


def user_data(path: str, *, encoded: bool, source: str) -> Rule:
    """User data is at most 16 KiB before it is encoded; a launch template takes it in base64."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        value = inputs.get(path)
        if not isinstance(value, str) or not known(value):
            return
        data = value.encode()
        if encoded:
            try:
                data = base64.b64decode(value, validate=True)
            except binascii.Error as error:
                yield Failure(
                    path, f"InvalidUserData.Malformed: {path} is not base64 ({error}) ({source})"
                )
                return
        if len(data) > USER_DATA_BYTES:
            yield Failure(
                path,
                f"InvalidParameterValue: {path} has {len(data)} bytes, 16384 are allowed"
                f" ({source})",
            )

    return rule


_VOLUME_SIZES = {
    "gp2": (1, 16384),
    "gp3": (1, 65536),
    "io1": (4, 16384),
    "io2": (4, 65536),
    "st1": (125, 16384),
    "sc1": (125, 16384),
    "standard": (1, 1024),
}


def volume(path: str) -> Rule:
    """Volume type and size fit together."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        top = path.split("[")[0].split(".")[0]
        for disk in blocks(inputs, path):
            kind, size = disk.get("volumeType") or "gp3", disk.get("volumeSize")
            if known(kind) and kind not in _VOLUME_SIZES:
                yield Failure(
                    top,
                    f"InvalidParameterValue: volume type {kind!r} is none of"
                    f" {', '.join(_VOLUME_SIZES)} ({_VOLUME_DOC})",
                )
            elif isinstance(size, int) and known(kind):
                low, high = _VOLUME_SIZES[kind]
                if not low <= size <= high:
                    yield Failure(
                        top,
                        f"InvalidParameterValue: {kind} has {low} to {high} GiB, not {size}"
                        f" ({_VOLUME_DOC})",
                    )
            if disk.get("kmsKeyId") is not None and disk.get("encrypted") in (None, False, "false"):
                yield Failure(
                    top, f"InvalidParameterDependency: kmsKeyId needs encrypted ({_VOLUME_DOC})"
                )

    return rule


def template_groups(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Groups stand on the template or on its network interfaces, never on both."""
    if inputs.get("vpcSecurityGroupIds") and inputs.get("networkInterfaces"):
        yield Failure(
            "vpcSecurityGroupIds",
            f"InvalidParameterCombination: network interfaces carry their own groups ({_RUN_DOC})",
        )


def image_and_class(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Image and class come from the instance or its launch template."""
    if inputs.get("launchTemplate") is None:
        for name in ("ami", "instanceType"):
            if inputs.get(name) is None:
                yield Failure(
                    name, f"MissingParameter: {name} or launchTemplate is needed ({_RUN_DOC})"
                )
        return
    named: Any = inputs["launchTemplate"]
    if isinstance(named, dict) and ("id" in named) == ("name" in named):
        yield Failure(
            "launchTemplate", f"launchTemplate takes exactly one of id and name ({_RUN_DOC})"
        )


def groups_of_subnets_vpc(world: World, making: Making) -> None:
    """Groups and subnet of an instance are of one VPC."""
    vpc = world.output(SUBNET, making.given("subnetId"), "vpcId")
    for group in making.given("vpcSecurityGroupIds", []):
        theirs = world.output(SECURITY_GROUP, group, "vpcId")
        if vpc and theirs and theirs != vpc:
            raise AwsError(
                "InvalidParameter",
                f"Security group {group} and subnet {making.given('subnetId')} belong to different"
                " networks",
            )


def not_protected(_world: World, making: Making) -> None:
    if making.given("disableApiTermination") and not making.given("forceDestroy"):
        raise AwsError(
            "OperationNotPermitted",
            f"The instance {making.id!r} may not be terminated: set disableApiTermination to false"
            " first",
            state=True,
        )
