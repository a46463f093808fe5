"""What resources that name each other must have in common: one VPC, a version that exists, a key
that works (rules between resources; `MORE` adds them to the rows).

That AWS has these codes: the constants of hashicorp/terraform-provider-aws for EC2
(`internal/service/ec2/errors.go`), and for the calls that take a key the errors that botocore's
service models list. Which of them it answers in each of these cases, and in what words, is from
memory of AWS's messages: no page was opened that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import (
    CACHE_GROUP,
    DEFAULT_GROUP,
    DOC_CLUSTER,
    EKS,
    ENDPOINT,
    ENDPOINT_ROUTE,
    INSTANCE,
    INTERFACE,
    KEY,
    KEY_ALIAS,
    LAUNCH_TEMPLATE,
    LOG_GROUP,
    NAT,
    NODE_GROUP,
    ROUTE,
    ROUTE_TABLE,
    SECRET,
    SECRET_VERSION,
    SECURITY_GROUP,
    SUBNET,
)
from infra.local.aws.codec import Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.spec import AwsError, WorldRule
from infra.local.aws.world import World

_GROUPS = (SECURITY_GROUP, DEFAULT_GROUP)


def _vpc_of(world: World, value: Value) -> Value:
    """The VPC of what an id names; None for what is not recorded."""
    for token in (SUBNET, *_GROUPS, ROUTE_TABLE, ENDPOINT):
        found = world.output(token, value, "vpcId")
        if found:
            return found
    for token in (NAT, INTERFACE, INSTANCE):
        subnet = world.output(token, value, "subnetId")
        if subnet:
            return world.output(SUBNET, subnet, "vpcId")
    return value if isinstance(value, str) and value.startswith("vpc-") else None


def one_vpc(anchors: tuple[str, ...], members: tuple[str, ...], code: str) -> WorldRule:
    """What `members` name is of the VPC of the first of `anchors` that is given."""

    def rule(world: World, making: Making) -> None:
        named = [value for path in anchors for value in at(making.inputs, path)]
        home = _vpc_of(world, named[0]) if named else None
        for value in (value for path in members for value in at(making.inputs, path)):
            theirs = _vpc_of(world, value)
            if home and theirs and theirs != home:
                raise AwsError(
                    code,
                    f"{value} (of {theirs}) and {named[0]} (of {home}) belong to different"
                    " networks",
                )

    return rule


def template_version(world: World, making: Making) -> None:
    """A launch template's version that is named by number exists."""
    named: Any = making.given("launchTemplate", {})
    templates = [
        record
        for record in world.store.of_type(LAUNCH_TEMPLATE)
        if record.id == named.get("id") or plain(record.outputs.get("name")) == named.get("name")
    ]
    version = str(named.get("version") or "")
    newest = int(plain(templates[0].outputs.get("latestVersion")) or 1) if templates else 0
    if templates and version.isdigit() and not 1 <= int(version) <= newest:
        raise AwsError(
            "InvalidLaunchTemplateId.VersionNotFound",
            f"Could not find launch template version {version}: the newest of {templates[0].id} is"
            f" {newest}",
        )


def default_version(_world: World, making: Making) -> None:
    """The default is one of the template's versions; an update makes the next one."""
    asked, newest = making.given("defaultVersion"), making.outputs.get("latestVersion") or 0
    if isinstance(asked, int) and not 1 <= asked <= int(newest) + 1:
        raise AwsError(
            "InvalidLaunchTemplateId.VersionNotFound",
            f"defaultVersion {asked} is no version of this template: its newest will be"
            f" {int(newest) + 1}",
        )


def working_key(path: str, code: str) -> WorldRule:
    """The key is enabled and encrypts (KMS: keys of SIGN_VERIFY and the like do not)."""

    def rule(world: World, making: Making) -> None:
        for value in at(making.inputs, path):
            _check_key(world, value, code)

    return rule


def _check_key(world: World, value: Value, code: str) -> None:
    alias = world.find((KEY_ALIAS,), value, ("id", "arn"))
    key = world.find((KEY,), plain(alias.outputs.get("targetKeyId")) if alias else value, _NAMES)
    if key is None:
        return
    usage = plain(key.inputs.get("keyUsage"))
    if plain(key.inputs.get("isEnabled")) is False:
        raise AwsError(code, f"key {key.id} is disabled: set isEnabled to true", state=True)
    if usage not in (None, "ENCRYPT_DECRYPT"):
        raise AwsError(code, f"key {key.id} is for {usage} and encrypts nothing")


_NAMES = ("id", "arn", "keyId")


def key_of_secret(world: World, making: Making) -> None:
    """A value is encrypted with the secret's key when it is put there (API_PutSecretValue)."""
    secret = world.find((SECRET,), making.given("secretId"), ("id", "arn", "name"))
    named = plain(secret.inputs.get("kmsKeyId")) if secret else None
    if named:
        _check_key(world, named, "EncryptionFailure")


_BY_GROUP = one_vpc(("securityGroupId",), ("referencedSecurityGroupId",), "InvalidGroup.NotFound")

MORE: Mapping[str, tuple[WorldRule, ...]] = {
    INTERFACE: (one_vpc(("subnetId",), ("securityGroups[*]",), "InvalidGroup.NotFound"),),
    ENDPOINT: (
        one_vpc(
            ("vpcId",),
            ("subnetIds[*]", "subnetConfigurations[*].subnetId", "securityGroupIds[*]"),
            "InvalidParameter",
        ),
        one_vpc(("vpcId",), ("routeTableIds[*]",), "InvalidParameter"),
    ),
    ENDPOINT_ROUTE: (one_vpc(("vpcEndpointId",), ("routeTableId",), "InvalidParameter"),),
    "aws:ec2/networkAcl:NetworkAcl": (
        one_vpc(("vpcId",), ("subnetIds[*]",), "InvalidParameterValue"),
    ),
    ROUTE: (
        one_vpc(
            ("routeTableId",),
            ("natGatewayId", "networkInterfaceId", "vpcEndpointId"),
            "InvalidParameterValue",
        ),
    ),
    ROUTE_TABLE: (
        one_vpc(
            ("vpcId",),
            tuple(f"routes[*].{to}Id" for to in ("natGateway", "networkInterface", "vpcEndpoint")),
            "InvalidParameterValue",
        ),
    ),
    SECURITY_GROUP: (
        one_vpc(
            ("vpcId",),
            ("ingress[*].securityGroups[*]", "egress[*].securityGroups[*]"),
            "InvalidGroup.NotFound",
        ),
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (
        one_vpc(("securityGroupId",), ("sourceSecurityGroupId",), "InvalidGroup.NotFound"),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (_BY_GROUP,),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (_BY_GROUP,),
    INSTANCE: (template_version,),
    NODE_GROUP: (template_version,),
    LAUNCH_TEMPLATE: (default_version,),
    LOG_GROUP: (working_key("kmsKeyId", "InvalidParameterException"),),
    DOC_CLUSTER: (working_key("kmsKeyId", "KMSKeyNotAccessibleFault"),),
    CACHE_GROUP: (working_key("kmsKeyId", "InvalidParameterValue"),),
    EKS: (working_key("encryptionConfig.provider.keyArn", "InvalidParameterException"),),
    "aws:ssm/parameter:Parameter": (working_key("keyId", "InvalidKeyId"),),
    SECRET_VERSION: (key_of_secret,),
}
