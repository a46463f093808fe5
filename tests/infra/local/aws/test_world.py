"""Rules between resources, as AWS has them."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.table import TABLE
from tests.infra.local.aws.client import Client, Running
from tests.infra.local.aws.ground import KEY_POLICY, Ground

DENY = grpc.StatusCode.FAILED_PRECONDITION


def refusal(call: Any, *args: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as refused:
        call(*args)
    return refused.value.code(), str(refused.value.details())


def test_a_subnet_lies_inside_its_vpc(client: Client, ground: Ground):
    code, said = refusal(
        client.create, tokens.SUBNET, {"vpcId": ground["vpc"].id, "cidrBlock": "10.99.0.0/24"}
    )
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "InvalidSubnet.Range" in said
    assert "10.20.0.0/16" in said


def test_subnets_do_not_overlap(client: Client, ground: Ground):
    taken = ground["subnet-a"]
    _, said = refusal(
        client.create, tokens.SUBNET, {"vpcId": ground["vpc"].id, "cidrBlock": "10.20.0.128/25"}
    )
    assert "InvalidSubnet.Conflict" in said
    assert taken.id in said


def test_a_reference_to_another_kind_is_named(client: Client, ground: Ground):
    _, said = refusal(client.create, tokens.GATEWAY, {"vpcId": ground["subnet-a"].id})
    assert "it is a Subnet" in said


@pytest.mark.parametrize(
    ("held", "holder", "code"),
    [
        ("vpc", "subnet-a", "DependencyViolation"),
        ("vpc", "group", "DependencyViolation"),
        ("subnet-a", "nat", "DependencyViolation"),
        ("subnet-a", "instance", "DependencyViolation"),
        ("role", "role-policy", "DeleteConflict"),
        ("cluster", "cluster-instance", "InvalidDBClusterStateFault"),
        ("doc-subnets", "full-cluster", "InvalidDBSubnetGroupStateFault"),
        ("subnet-b", "full-cluster", "DependencyViolation"),
        ("group", "full-cluster", "DependencyViolation"),
        ("zone", "record", "HostedZoneNotEmpty"),
    ],
)
def test_what_is_in_use_stays(client: Client, ground: Ground, held: str, holder: str, code: str):
    more: dict[str, tuple[str, dict[str, Any]]] = {
        "role-policy": (
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": "$role", "policyArn": "$policy:arn"},
        ),
        "cluster-instance": (
            tokens.DOC_INSTANCE,
            {"clusterIdentifier": "$cluster", "instanceClass": "db.t4g.medium"},
        ),
        "full-cluster": (
            tokens.DOC_CLUSTER,
            {
                "masterUsername": "gacp",
                "manageMasterUserPassword": True,
                "skipFinalSnapshot": True,
                "dbSubnetGroupName": "$doc-subnets",
                "vpcSecurityGroupIds": ["$group"],
            },
        ),
        "record": (
            tokens.RECORD,
            {"zoneId": "$zone", "name": "a", "type": "A", "ttl": 5, "records": ["203.0.113.1"]},
        ),
    }
    if holder in more:
        token, inputs = more[holder]
        holding = client.create(token, ground.fill(inputs))
    else:
        holding = ground[holder]
    status, said = refusal(client.delete, ground[held])
    assert status is DENY
    assert said.startswith(code)
    client.delete(holding)
    client.delete(ground[held]) if held != "vpc" else None


def test_a_gateway_stays_while_public_addresses_are_mapped(client: Client, ground: Ground):
    gateway = ground["gateway"]
    nat = client.create(
        tokens.NAT, ground.fill({"subnetId": "$subnet-a", "allocationId": "$address"})
    )
    _, said = refusal(client.delete, gateway)
    assert "mapped public address" in said
    client.delete(nat)
    client.delete(gateway)


def test_a_public_nat_gateway_needs_an_internet_gateway(client: Client, ground: Ground):
    inputs = ground.fill({"subnetId": "$subnet-a", "allocationId": "$address"})
    _, said = refusal(client.create, tokens.NAT, inputs)
    assert "Gateway.NotAttached" in said


def test_an_address_moves_from_one_instance_to_another(client: Client, ground: Ground):
    """As a replaced instance needs it: the new association is made before the old one goes."""
    link = {"allocationId": ground["address"].id, "instanceId": ground["instance"].id}
    first = client.create(tokens.EIP_LINK, link)
    second = client.create(tokens.EIP_LINK, link)
    client.delete(first)
    client.delete(second)
    client.delete(ground["address"])


def test_a_nat_gateway_takes_a_free_address_only(client: Client, ground: Ground):
    link = {"allocationId": ground["address"].id, "instanceId": ground["instance"].id}
    client.create(tokens.EIP_LINK, link)
    inputs = ground.fill({"subnetId": "$subnet-a", "allocationId": "$address"})
    _, said = refusal(client.create, tokens.NAT, inputs)
    assert "Resource.AlreadyAssociated" in said


def test_a_protected_cluster_is_not_deleted(client: Client):
    inputs = {"masterUsername": "gacp", "manageMasterUserPassword": True, "skipFinalSnapshot": True}
    made = client.create(tokens.DOC_CLUSTER, {**inputs, "deletionProtection": True})
    _, said = refusal(client.delete, made)
    assert "Cannot delete protected Cluster" in said
    client.delete(client.update(made, {**made.inputs, "deletionProtection": False}))


def test_a_final_snapshot_has_a_name(client: Client):
    made = client.create(
        tokens.DOC_CLUSTER, {"masterUsername": "gacp", "manageMasterUserPassword": True}
    )
    _, said = refusal(client.delete, made)
    assert "finalSnapshotIdentifier is required" in said


def test_a_taken_name_is_refused(client: Client, ground: Ground):
    taken = ground["bucket"]
    status, said = refusal(client.create, tokens.BUCKET, {"bucket": taken.id})
    assert status is DENY
    assert "BucketAlreadyOwnedByYou" in said


def test_a_log_group_needs_a_key_that_lets_the_service_in(client: Client, ground: Ground):
    inputs = {"name": "/gacp/encrypted"}
    _, said = refusal(
        client.create, tokens.LOG_GROUP, {**inputs, "kmsKeyId": ground["key-2"].outputs["arn"]}
    )
    assert "AccessDeniedException" in said
    allowing = client.create(tokens.KEY, {"policy": KEY_POLICY}, name="allowing")
    assert client.create(tokens.LOG_GROUP, {**inputs, "kmsKeyId": allowing.outputs["arn"]}).id


def test_a_delete_waits_while_the_resource_is_held(tmp_path: Any):
    running = Running(tmp_path / "world.sqlite", patience=30.0)
    try:
        running.client.configure()
        ground = Ground(running.client)
        held, holder = ground["vpc"], ground["subnet-a"]
        call = running.client.stub.Delete.future(_delete_request(held.token, held.id), timeout=60)
        assert not call.done()
        running.client.delete(holder)
        call.result(timeout=30)
        assert running.client.read(held.token, held.id) is None
    finally:
        running.stop()


def _delete_request(token: str, identity: str) -> Any:
    from pulumi.runtime.proto import provider_pb2 as pb

    return pb.DeleteRequest(
        id=identity, urn=f"urn:pulumi:dev::gacp::{token}::x", type=token, name="x"
    )


def test_every_reference_points_at_known_types():
    unknown = {
        (spec.token, reference.path)
        for spec in TABLE.values()
        for reference in spec.references
        if not set(reference.to) <= set(TABLE)
    }
    assert not unknown
