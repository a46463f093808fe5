"""What a change of each input does, over gRPC: update or replace, as the source has it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from infra.local.aws import provided, shapes
from infra.local.aws.coverage import shapes_of_inputs
from infra.local.aws.table import TABLE
from tests.infra.local.aws.client import Client, Made
from tests.infra.local.aws.test_declared import nested

BEFORE = {"s": "a", "j": '{"a":1}', "b": False, "i": 1, "n": 1.5, "*": "a"}
AFTER = {"s": "b", "j": '{"b":1}', "b": True, "i": 2, "n": 2.5, "*": "b"}


def value(shape: str, values: dict[str, Any]) -> Any:
    return {"key": value(shape[1:-1], values)} if shape[0] == "{" else values[shape[0]]


def replaces(token: str, path: str) -> bool:
    """By the frozen schema: the attribute's own flag, else that of what holds it as one, such as
    the list that it is an element of.
    """
    known = provided.attributes(token)
    while path:
        for name in (path, path.removesuffix("[*]")):
            if known.get(name, {"use": "element"})["use"] != "element":
                return bool(known[name].get("forceNew"))
        path = path.rpartition(".")[0]
    return False


def changeable(token: str) -> dict[str, str]:
    """Inputs and their shapes, but for region (below) and write-only values, which no state has."""
    return {
        path: shape
        for path, shape in shapes_of_inputs(token).items()
        if path != "region" and not shapes.is_write_only(path)
    }


def diff(client: Client, token: str, old: dict[str, Any], new: dict[str, Any]) -> Any:
    return client.diff_raw(Made(token, "thing", "x", old, {}), old, new)


@pytest.mark.parametrize("token", sorted(TABLE))
def test_a_change_of_each_input_updates_or_replaces_as_the_source_says(client: Client, token: str):
    spec = TABLE[token]
    wrong: dict[str, Any] = {}
    for path, shape in changeable(token).items():
        old, new = nested(path, value(shape, BEFORE)), nested(path, value(shape, AFTER))
        answer = diff(client, token, old, new)
        expected = replaces(token, path) or any(
            path == key or path.startswith((f"{key}.", f"{key}["))
            for key, some in spec.sometimes.items()
            if some.when(old, new)
        )
        if answer.changes != pb.DiffResponse.DIFF_SOME or bool(answer.replaces) is not expected:
            wrong[path] = (list(answer.replaces), expected)
        assert [re.split(r"[.\[]", path)[0]] == list(answer.diffs)
    assert wrong == {}


@pytest.mark.parametrize("token", sorted(TABLE))
def test_no_input_is_a_change_by_itself(client: Client, token: str):
    for path, shape in changeable(token).items():
        same = nested(path, value(shape, BEFORE))
        assert diff(client, token, same, same).changes == pb.DiffResponse.DIFF_NONE


@pytest.mark.parametrize("token", sorted(TABLE))
def test_a_block_that_goes_replaces_where_something_inside_it_does(client: Client, token: str):
    for name, shape in shapes.declared_inputs(token).items():
        inside = [
            path for path in changeable(token) if path.startswith((f"{name}.", f"{name}[*]."))
        ]
        if "#" not in shape or not inside or name in TABLE[token].computed:
            continue
        known = provided.attributes(token)
        expected = any(
            each.get("forceNew") for path, each in known.items() if path in (name, *inside)
        ) or any(path.startswith(name) for path in TABLE[token].sometimes)
        old = nested(inside[0], value(shapes_of_inputs(token)[inside[0]], BEFORE))
        if not any(path.startswith(name) for path in TABLE[token].sometimes):
            assert bool(diff(client, token, old, {}).replaces) is expected, name


@pytest.mark.parametrize(
    ("token", "old", "new", "replaced"),
    [
        (
            "aws:ec2/instance:Instance",
            {"instanceType": "t3.micro"},
            {"instanceType": "m5.large"},
            0,
        ),
        (
            "aws:ec2/instance:Instance",
            {"instanceType": "t3.micro"},
            {"instanceType": "t4g.nano"},
            1,
        ),
        ("aws:ec2/instance:Instance", {"enablePrimaryIpv6": True}, {"enablePrimaryIpv6": False}, 1),
        ("aws:ec2/instance:Instance", {"enablePrimaryIpv6": False}, {"enablePrimaryIpv6": True}, 0),
        ("aws:ec2/vpc:Vpc", {"instanceTenancy": "dedicated"}, {"instanceTenancy": "default"}, 0),
        ("aws:ec2/vpc:Vpc", {"instanceTenancy": "default"}, {"instanceTenancy": "dedicated"}, 1),
        (
            "aws:ec2/networkInterface:NetworkInterface",
            {"privateIps": ["10.0.0.4", "10.0.0.5"]},
            {"privateIps": ["10.0.0.4", "10.0.0.6"]},
            0,
        ),
        (
            "aws:ec2/networkInterface:NetworkInterface",
            {"privateIps": ["10.0.0.4", "10.0.0.5"]},
            {"privateIps": ["10.0.0.5"]},
            1,
        ),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "privateDnsEnabled": False},
            {"vpcEndpointType": "Interface", "privateDnsEnabled": True},
            0,
        ),
        (
            "aws:ec2/subnet:Subnet",
            {"assignIpv6AddressOnCreation": True, "ipv6CidrBlock": "fd00::/64"},
            {"assignIpv6AddressOnCreation": True, "ipv6CidrBlock": "fd01::/64"},
            1,
        ),
        ("aws:ssm/parameter:Parameter", {"tier": "Advanced"}, {"tier": "Standard"}, 1),
        ("aws:ssm/parameter:Parameter", {"tier": "Standard"}, {"tier": "Advanced"}, 0),
        (
            "aws:eks/cluster:Cluster",
            {"vpcConfig": {"controlPlaneEgressMode": "CUSTOMER_ROUTED"}},
            {"vpcConfig": {"controlPlaneEgressMode": "AWS_MANAGED"}},
            1,
        ),
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"engineVersion": "6.2", "transitEncryptionEnabled": False},
            {"engineVersion": "6.2", "transitEncryptionEnabled": True},
            1,
        ),
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"engineVersion": "7.1", "transitEncryptionEnabled": False},
            {"engineVersion": "7.1", "transitEncryptionEnabled": True},
            0,
        ),
        ("aws:route53/record:Record", {"type": "A"}, {"type": "AAAA"}, 0),
        ("aws:route53/record:Record", {"name": "a"}, {"name": "b"}, 1),
        (
            "aws:ec2/instance:Instance",
            {"ebsBlockDevices": [{"deviceName": "/dev/sdf", "tags": {"a": "b"}}]},
            {"ebsBlockDevices": [{"deviceName": "/dev/sdf", "tags": {"a": "c"}}]},
            0,
        ),
        (
            "aws:ec2/instance:Instance",
            {"ebsBlockDevices": [{"deviceName": "/dev/sdf"}]},
            {"ebsBlockDevices": [{"deviceName": "/dev/sdf"}, {"deviceName": "/dev/sdg"}]},
            1,
        ),
    ],
)
def test_changes_that_the_source_decides_by_their_values(
    client: Client, token: str, old: dict[str, Any], new: dict[str, Any], replaced: int
):
    answer = diff(client, token, old, new)
    assert answer.changes == pb.DiffResponse.DIFF_SOME
    assert bool(answer.replaces) is bool(replaced)


def test_the_region_that_was_there_already_is_no_change(client: Client):
    made = client.create("aws:cloudwatch/logGroup:LogGroup", {"name": "a"})
    same = {"name": "a", "region": "ap-southeast-1"}
    assert client.diff(made, same).changes == pb.DiffResponse.DIFF_NONE
