"""Auto scaling groups: what goes with them, and who acts through their policies."""

from __future__ import annotations

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.scaling import GROUP, TRACK
from tests.infra.local.aws.cases.services import ALARM
from tests.infra.local.aws.client import Client
from tests.infra.local.aws.ground import Ground


def test_a_group_says_its_zones_and_what_it_would_run(client: Client, ground: Ground):
    made = client.create(tokens.SCALING_GROUP, ground.fill({**GROUP, "name": "machines"}))
    assert made.id == "machines"
    assert made.outputs["arn"].endswith(":autoScalingGroupName/machines")
    assert made.outputs["availabilityZones"] == ["ap-southeast-1a", "ap-southeast-1b"]
    assert made.outputs["desiredCapacity"] == 1


def test_policies_go_with_their_group(client: Client, ground: Ground):
    policy = client.create(tokens.SCALING_POLICY, ground.fill(TRACK))
    client.delete(ground["scaling"])
    assert client.read(tokens.SCALING_POLICY, policy.id) is None


def test_two_groups_may_have_policies_of_one_name(client: Client, ground: Ground):
    first = client.create(tokens.SCALING_POLICY, ground.fill({**TRACK, "name": "cpu"}))
    other = {**TRACK, "name": "cpu", "autoscalingGroupName": "$scaling-2"}
    second = client.create(tokens.SCALING_POLICY, ground.fill(other))
    assert first.id != second.id
    assert first.outputs["arn"] != second.outputs["arn"]


def test_an_alarm_acts_through_a_policy(client: Client, ground: Ground):
    policy = client.create(tokens.SCALING_POLICY, ground.fill(TRACK))
    alarm = {**ALARM, "alarmActions": [policy.outputs["arn"]]}
    assert client.create(tokens.ALARM, alarm).id
