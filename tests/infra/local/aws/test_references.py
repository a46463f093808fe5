"""What inputs point at: it exists, is of the right kind and region, and stays while it is used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import grpc
import pytest

from infra.local.aws import shapes
from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import plain
from infra.local.aws.coverage import inputs_of
from infra.local.aws.spec import Reference
from infra.local.aws.table import TABLE
from infra.local.aws.world import is_global
from tests.infra.local.aws.client import Client, Running
from tests.infra.local.aws.exempt import EXEMPT, reason
from tests.infra.local.aws.ground import Ground
from tests.infra.local.aws.test_types import ALL

DENY = grpc.StatusCode.FAILED_PRECONDITION

# Names that say that an input points at something.
POINTS = re.compile(
    r"(Id|Ids|Arn|Arns|[rR]ole|[kK]msKey|[bB]ucket|[gG]roups|[gG]roupName|[kK]eyName|clusterName"
    r"|[cC]lusterIdentifier|group|user|users|repository|instance|networkInterface|iamInstanceProfile"
    r"|permissionsBoundary|topic|securityGroupNames)$"
)


def named_like_a_reference() -> list[tuple[str, str]]:
    return [
        (token, bare)
        for token in sorted(TABLE)
        for bare in (path.replace("[*]", "") for path in inputs_of(token))
        if POINTS.search(bare) and not bare.startswith("num")
    ]


def rules_of(token: str) -> set[str]:
    return {reference.path.replace("[*]", "") for reference in TABLE[token].references}


def test_an_input_named_like_a_reference_has_a_rule_or_a_reason():
    silent = [
        (token, path)
        for token, path in named_like_a_reference()
        if path not in rules_of(token) and not reason(token, path)
    ]
    assert not silent


def test_no_reason_stands_for_an_input_that_has_a_rule_or_is_gone():
    found = {(token, path) for token, path in named_like_a_reference()}
    stale = [
        (token, path)
        for token, reasons in EXEMPT.items()
        if token != "*"
        for path in reasons
        if (token, path) not in found or path in rules_of(token)
    ]
    assert not stale


def refusal(call: Any, *args: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as refused:
        call(*args)
    return refused.value.code(), str(refused.value.details())


def _at(path: str, inputs: dict[str, Any], value: str) -> bool:
    """Put `value` where the path leads, if the inputs have the way there."""
    *way, last = path.split(".")
    here: Any = inputs
    for step in way:
        here = here.get(step.removesuffix("[*]")) if isinstance(here, dict) else None
        here = here[0] if step.endswith("[*]") and here else here
    if not isinstance(here, dict) or last.removesuffix("[*]") not in here:
        return False
    here[last.removesuffix("[*]")] = [value] if last.endswith("[*]") else value
    return True


def _nobody(reference: Reference, given: str) -> str:
    """A name of the same form as the one that is given, which nothing has."""
    return given[:-3] + ("111" if given.endswith("000") else "000")  # ids are random


def references_of_cases() -> list[Any]:
    found = []
    for case in ALL:
        for reference in TABLE[case.token].references:
            for inputs in (case.least, case.full):
                if _at(reference.path, _copied(inputs), "x"):
                    name = f"{case.token.rsplit(':')[-1]}-{reference.path}"
                    found.append(pytest.param(case.token, inputs, reference, id=name))
                    break
    return found


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _first(value: Any, path: str) -> str:
    for step in path.split("."):
        value = value[step.removesuffix("[*]")]
        value = value[0] if step.endswith("[*]") else value
    return value


@pytest.mark.parametrize(("token", "inputs", "reference"), references_of_cases())
def test_what_is_pointed_at_exists(
    client: Client, ground: Ground, token: str, inputs: dict[str, Any], reference: Reference
):
    filled = ground.fill(inputs)
    given = _first(filled, reference.path)
    assert _at(reference.path, filled, _nobody(reference, given))
    _, said = refusal(client.create, token, filled)
    assert said.startswith(reference.code)
    assert "it does not exist" in said


def regional_cases() -> list[Any]:
    """A case of each type that points at something of its own region."""
    found = []
    for case in ALL:
        regional = [
            reference
            for reference in TABLE[case.token].references
            if not reference.anywhere and not any(map(is_global, reference.to))
        ]
        pointing = [ref for ref in regional if _at(ref.path, _copied(case.least), "x")]
        if pointing and "region" in shapes.declared_inputs(case.token):
            found.append(pytest.param(case.token, case.least, id=case.token.rsplit(":")[-1]))
    return found


@pytest.mark.parametrize(("token", "inputs"), regional_cases())
def test_what_is_pointed_at_is_of_the_same_region(
    client: Client, ground: Ground, token: str, inputs: dict[str, Any]
):
    filled = {**ground.fill(inputs), "region": "ap-southeast-7"}
    if "serviceName" in filled:
        filled["serviceName"] = "com.amazonaws.ap-southeast-7.s3"
    _, said = refusal(client.create, token, filled)
    home = inputs.get("region", "ap-southeast-1")
    assert f"it is in {home} and this is made in ap-southeast-7" in said


def test_what_came_with_a_resource_may_be_named(client: Client, ground: Ground):
    vpc, cluster = ground["vpc"], ground["eks"]
    table = vpc.outputs["mainRouteTableId"]
    route = {"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0"}
    assert client.create(tokens.ROUTE, {**route, "gatewayId": ground["gateway"].id}).id
    for group in (
        vpc.outputs["defaultSecurityGroupId"],
        cluster.outputs["vpcConfig"]["clusterSecurityGroupId"],
    ):
        rule = {"securityGroupId": group, "ipProtocol": "-1", "cidrIpv4": "10.20.0.0/16"}
        assert client.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule).id


USED: list[tuple[str, str, dict[str, Any], str]] = [
    ("subnet-a", tokens.INTERFACE, {"subnetId": "$subnet-a"}, "DependencyViolation"),
    ("subnet-a", tokens.NODE_GROUP, {}, "DependencyViolation"),
    ("group", tokens.INTERFACE, {"subnetId": "$subnet-a", "securityGroups": ["$group"]}, "Depend"),
    ("vpc", tokens.GATEWAY, {"vpcId": "$vpc"}, "DependencyViolation"),
    (
        "role",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "$role", "policyArn": "$policy:arn"},
        "DeleteConflict",
    ),
    (
        "policy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "$role", "policyArn": "$policy:arn"},
        "DeleteConflict",
    ),
    (
        "people",
        "aws:iam/userGroupMembership:UserGroupMembership",
        {"user": "$person", "groups": ["$people"]},
        "DeleteConflict",
    ),
    (
        "person",
        "aws:iam/userGroupMembership:UserGroupMembership",
        {"user": "$person", "groups": ["$people"]},
        "DeleteConflict",
    ),
    ("bucket", tokens.OBJECT_2, {"bucket": "$bucket", "content": "a"}, "BucketNotEmpty"),
    ("eks", tokens.NODE_GROUP, {}, "ResourceInUseException"),
    (
        "volume",
        tokens.VOLUME_LINK,
        {"deviceName": "/dev/sdf", "instanceId": "$instance", "volumeId": "$volume"},
        "VolumeInUse",
    ),
    (
        "address",
        "aws:ec2/eipAssociation:EipAssociation",
        {"allocationId": "$address", "instanceId": "$instance"},
        "InvalidIPAddress.InUse",
    ),
]


@pytest.mark.parametrize(
    ("held", "token", "inputs", "code"), USED, ids=lambda value: str(value).rsplit(":")[-1][:30]
)
def test_what_is_used_is_not_deleted_before_its_user(
    client: Client, ground: Ground, held: str, token: str, inputs: dict[str, Any], code: str
):
    least = next(case.least for case in ALL if case.token == token)
    holder = client.create(token, ground.fill(inputs or least))
    status, said = refusal(client.delete, ground[held])
    assert status is DENY
    assert said.startswith(code)
    assert "depends on it" in said
    client.delete(holder)
    if held not in ("vpc", "subnet-a"):  # others of the ground stand on these
        client.delete(ground[held])


@pytest.mark.parametrize(
    ("token", "inputs", "force", "holder", "holding"),
    [
        (tokens.BUCKET, {}, "forceDestroy", tokens.OBJECT_2, {"bucket": "@", "content": "a"}),
        (
            tokens.ROLE,
            {"assumeRolePolicy": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
            '"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'},
            "forceDetachPolicies",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": "@", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        ),
    ],
)  # fmt: skip
def test_a_forced_delete_takes_what_holds_it_along(
    client: Client, token: str, inputs: Any, force: str, holder: str, holding: dict[str, Any]
):
    made = client.create(token, {**inputs, force: True})
    filled = {key: made.id if value == "@" else value for key, value in holding.items()}
    held = client.create(holder, filled)
    client.delete(made)
    assert client.read(token, made.id) is None
    assert client.read(holder, held.id) is None


def test_a_role_leaves_its_instance_profile_when_it_goes(client: Client, ground: Ground):
    """IAM refuses it; the provider for AWS takes the role out first (iam/role.go)."""
    ground["profile"]
    client.delete(ground["role"])
    assert client.read(tokens.ROLE, ground["role"].id) is None


def test_a_key_in_use_is_scheduled_for_deletion_and_refuses_new_uses(
    client: Client, ground: Ground
):
    """KMS refuses no deletion (API_ScheduleKeyDeletion); what comes after is refused."""
    key = ground["key-2"]
    inputs = {"name": "gacp/encrypted", "kmsKeyId": key.id}
    client.create(tokens.SECRET, inputs)
    client.delete(key)
    status, said = refusal(client.create, tokens.SECRET, {**inputs, "name": "gacp/later"})
    assert status is DENY
    assert said.startswith("KMSInvalidStateException")
    arn = {"name": "gacp/by-arn", "kmsKeyId": plain(key.outputs["arn"])}
    assert "pending deletion" in refusal(client.create, tokens.SECRET, arn)[1]


def test_a_resource_of_another_region_is_named_with_both(client: Client, ground: Ground):
    inputs = {"vpcId": ground["vpc"].id, "cidrBlock": "10.20.9.0/24", "region": "ap-southeast-7"}
    _, said = refusal(client.create, tokens.SUBNET, inputs)
    assert "it is in ap-southeast-1 and this is made in ap-southeast-7" in said


def test_two_providers_of_one_record_see_each_others_regions(tmp_path: Path):
    here, there = Running(tmp_path / "world.sqlite"), Running(tmp_path / "world.sqlite")
    try:
        here.client.configure()
        there.client.configure("us-east-1")
        vpc = here.client.create(tokens.VPC, {"cidrBlock": "10.20.0.0/16"})
        inputs = {"vpcId": vpc.id, "cidrBlock": "10.20.0.0/24"}
        assert "it is in ap-southeast-1" in refusal(there.client.create, tokens.SUBNET, inputs)[1]
        role = here.client.create(tokens.USER, {"name": "everywhere"})
        group = there.client.create(tokens.USERS, {"name": "all"})
        joined = {"user": role.id, "groups": [group.id]}
        assert there.client.create("aws:iam/userGroupMembership:UserGroupMembership", joined).id
    finally:
        here.stop()
        there.stop()
