"""Rules of EKS that ask about more than one resource, and its versions by date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from infra.cluster.support import SUPPORT
from infra.local.aws import clock
from infra.local.aws.catalogue import tokens
from infra.local.aws.catalogue.versions import offered, standard
from infra.local.aws.codec import UNKNOWN
from tests.infra.local.aws.client import Client, RefusedError
from tests.infra.local.aws.ground import Ground

SUBNETS = ["$subnet-a", "$subnet-b"]


def cluster(**more: Any) -> dict[str, Any]:
    return {"roleArn": "$role-eks:arn", "vpcConfig": {"subnetIds": SUBNETS}, **more}


def nodes(**more: Any) -> dict[str, Any]:
    size = {"minSize": 1, "desiredSize": 1, "maxSize": 1}
    least = {"clusterName": "$eks", "nodeRoleArn": "$role:arn", "subnetIds": SUBNETS}
    return {**least, "scalingConfig": size, **more}


@pytest.mark.parametrize(
    ("day", "in_standard", "on_offer"),
    [
        (date(2026, 7, 29), ("1.33", "1.34", "1.35"), ("1.31", "1.32", "1.33", "1.34", "1.35")),
        (date(2026, 7, 30), ("1.34", "1.35"), ("1.31", "1.32", "1.33", "1.34", "1.35")),
        (date(2026, 11, 27), ("1.34", "1.35"), ("1.32", "1.33", "1.34", "1.35")),
        (date(2030, 1, 1), ("1.35",), ("1.35",)),
    ],
)
def test_versions_are_offered_by_date(day: date, in_standard: Any, on_offer: Any):
    assert standard(day) == in_standard
    assert offered(day) == on_offer


def test_extended_support_ends_a_year_after_standard_support():
    assert all(end.replace(year=end.year + 1) == late for end, late in SUPPORT.values())


@pytest.mark.parametrize(
    ("token", "inputs", "says"),
    [
        (tokens.EKS, cluster(roleArn="$role:arn"), "trusted entity is not correct"),
        (tokens.EKS, cluster(vpcConfig={"subnetIds": ["$subnet-a"]}), "two different AZs"),
        (
            tokens.EKS,
            cluster(vpcConfig={"subnetIds": ["$subnet-b", "$subnet-other"]}),
            "of 2 VPCs",
        ),
        (
            tokens.EKS,
            cluster(vpcConfig={"subnetIds": SUBNETS, "endpointPublicAccess": False}),
            "cannot be false at once",
        ),
        (
            tokens.EKS,
            cluster(vpcConfig={"subnetIds": SUBNETS, "publicAccessCidrs": ["10.1.0.0/16"]}),
            "not allowed in publicAccessCidrs",
        ),
        (
            tokens.EKS,
            cluster(vpcConfig={"subnetIds": SUBNETS, "publicAccessCidrs": ["0.0.0.0/0"] * 41}),
            "41 ranges",
        ),
        (tokens.EKS, cluster(upgradePolicy={"supportType": "LONG"}), "none of STANDARD"),
        (
            tokens.EKS,
            cluster(encryptionConfig={"resources": ["pods"], "provider": {"keyArn": "$key:arn"}}),
            "none of secrets",
        ),
        (tokens.EKS, cluster(accessConfig={"authenticationMode": "RBAC"}), "none of API"),
        (tokens.EKS, cluster(zonalShiftConfig={"enabled": "sometimes"}), "must be true or false"),
        (tokens.EKS, cluster(computeConfig={"enabled": True}), "all be true or all false"),
        (
            tokens.EKS,
            cluster(kubernetesNetworkConfig={"serviceIpv4Cidr": "100.64.0.0/16"}),
            "no private range",
        ),
        (tokens.NODE_GROUP, nodes(version="1.99"), "does not go with cluster version"),
        (
            tokens.NODE_GROUP,
            nodes(amiType="AL2023_x86_64_STANDARD", instanceTypes=["m7g.large"]),
            "not a valid instance type",
        ),
        (tokens.NODE_GROUP, nodes(subnetIds=["$subnet-other"]), "the cluster of vpc-"),
        (
            tokens.NODE_GROUP,
            nodes(launchTemplate={"id": "$template", "version": "1"}, diskSize=20),
            "stands in the launch template",
        ),
    ],
)
def test_what_eks_refuses(
    client: Client, ground: Ground, token: str, inputs: dict[str, Any], says: str
):
    with pytest.raises((RefusedError, grpc.RpcError)) as refusal:
        client.create(token, ground.fill(inputs))
    assert says in str(refusal.value)


def test_a_control_plane_goes_up_one_version_at_a_time(client: Client, ground: Ground):
    made = client.create(tokens.EKS, ground.fill(cluster(version="1.33")))
    for version in ("1.35", "1.32"):
        with pytest.raises(grpc.RpcError, match="Unsupported Kubernetes minor version update"):
            client.update(made, {**made.inputs, "version": version})
    assert client.update(made, {**made.inputs, "version": "1.34"}).outputs["version"] == "1.34"


def test_a_protected_cluster_stays(client: Client, ground: Ground):
    made = client.create(tokens.EKS, ground.fill(cluster(deletionProtection=True)))
    with pytest.raises(grpc.RpcError, match="InvalidRequestException"):
        client.delete(made)
    client.delete(client.update(made, {**made.inputs, "deletionProtection": False}))


def test_access_entries_need_their_mode(client: Client, ground: Ground):
    old = client.create(tokens.EKS, ground.fill(cluster(name="old")))
    entry = {"clusterName": old.id, "principalArn": ground["role"].outputs["arn"]}
    with pytest.raises(grpc.RpcError, match="authentication mode must be set"):
        client.create(tokens.ACCESS_ENTRY, entry)


def test_a_preview_knows_what_was_asked_for_and_not_what_is_filled_in(
    client: Client, ground: Ground
):
    seen = client.create(tokens.EKS, ground.fill(cluster(name="new")), preview=True)
    network = seen.outputs["vpcConfig"]
    assert network["subnetIds"] == [ground["subnet-a"].id, ground["subnet-b"].id]
    assert network["clusterSecurityGroupId"] == UNKNOWN
    assert seen.outputs["endpoint"] == UNKNOWN


def test_the_clusters_own_group_stays_over_an_update(client: Client, ground: Ground):
    made = ground["eks"]
    config = {**made.inputs["vpcConfig"], "publicAccessCidrs": ["203.0.113.0/24"]}
    news = {**made.inputs, "vpcConfig": config}
    own = made.outputs["vpcConfig"]["clusterSecurityGroupId"]
    preview = client.update(made, news, preview=True).outputs["vpcConfig"]
    after = client.update(made, news).outputs["vpcConfig"]
    assert preview == after
    assert after["clusterSecurityGroupId"] == own
    assert after["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_envelope_encryption_is_not_taken_off_in_place(client: Client, ground: Ground):
    encrypted = {"provider": {"keyArn": "$key:arn"}, "resources": ["secrets"]}
    made = client.create(tokens.EKS, ground.fill(cluster(encryptionConfig=encrypted)))
    answer = client.diff(made, ground.fill(cluster()))
    assert list(answer.replaces) == ["encryptionConfig"]
    plain_one = client.create(tokens.EKS, ground.fill(cluster(name="plain")), name="other")
    answer = client.diff(plain_one, ground.fill(cluster(name="plain", encryptionConfig=encrypted)))
    assert answer.changes == pb.DiffResponse.DIFF_SOME
    assert not list(answer.replaces)


@pytest.mark.parametrize(("day", "offered_then"), [("2027-07-29", True), ("2027-07-30", False)])
def test_a_version_is_refused_when_its_support_has_ended(
    client: Client, ground: Ground, monkeypatch: pytest.MonkeyPatch, day: str, offered_then: bool
):
    inputs = ground.fill(cluster(version="1.33"))
    monkeypatch.setenv(clock.VARIABLE, day)
    if offered_then:
        assert client.check(tokens.EKS, inputs)["version"] == "1.33"
    else:
        with pytest.raises(RefusedError, match=r"'1.33' is none of 1.34, 1.35"):
            client.check(tokens.EKS, inputs)


def test_without_the_variable_the_day_is_the_real_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(clock.VARIABLE)
    before = datetime.now(UTC).date()
    assert before <= clock.today() <= datetime.now(UTC).date()


def test_a_day_that_is_none_names_the_variable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(clock.VARIABLE, "tomorrow")
    with pytest.raises(ValueError, match=r"GACP_AWS_DATE='tomorrow' is no date"):
        clock.today()
