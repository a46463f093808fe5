"""Karpenter is bound to this cluster's machines."""

import json

import pytest

from infra.identity.karpenter import KarpenterScope, karpenter_statements

SCOPE = KarpenterScope(
    region="ap-southeast-1",
    account="123456789012",
    cluster_name="gacp-prod-cluster",
    cluster_arn="arn:aws:eks:ap-southeast-1:123456789012:cluster/gacp-prod-cluster",
    node_role_arn="arn:aws:iam::123456789012:role/gacp-prod-cluster-nodes",
    queue_arn="arn:aws:sqs:ap-southeast-1:123456789012:gacp-prod-cluster-burst",
    key_arn="arn:aws:kms:ap-southeast-1:123456789012:key/1",
)
OWNER = "kubernetes.io/cluster/gacp-prod-cluster"
READS = ("Describe", "Get", "List", "ReceiveMessage", "Decrypt", "GenerateDataKey")


def rules():
    return {statement["Sid"]: statement for statement in karpenter_statements(SCOPE)}


def test_every_action_on_everything_only_reads():
    for sid, rule in rules().items():
        if rule["Resource"] == ["*"]:
            for action in rule["Action"]:
                assert action.partition(":")[2].startswith(READS), (sid, action)


@pytest.mark.parametrize("sid", ["EndOwnMachines", "StartFromOwnTemplates", "NameOwnMachines"])
def test_what_it_changes_carries_the_clusters_tag(sid):
    condition = rules()[sid]["Condition"]["StringEquals"]
    assert condition == {f"aws:ResourceTag/{OWNER}": "owned"}


@pytest.mark.parametrize("sid", ["MakeTagged", "TagWhatIsMade"])
def test_what_it_makes_gets_the_clusters_tag(sid):
    condition = rules()[sid]["Condition"]["StringEquals"]
    assert condition[f"aws:RequestTag/{OWNER}"] == "owned"


def test_it_hands_the_nodes_role_to_machines_alone():
    rule = rules()["GiveNodesTheirRole"]
    assert rule["Resource"] == [SCOPE.node_role_arn]
    assert rule["Condition"]["StringEquals"] == {"iam:PassedToService": "ec2.amazonaws.com"}


def test_it_makes_no_roles_and_no_instance_profiles():
    text = json.dumps(list(rules().values()))
    assert "iam:Create" not in text
    assert "iam:Add" not in text


def test_the_policy_fits_into_a_role():
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: 10,240 characters
    # of inline policies, white space not counted.
    assert len(json.dumps(list(rules().values()), separators=(",", ":"))) < 10_240
