"""Names that AWS makes: two of them are two, and given ones are taken once."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.clusters import CASES
from tests.infra.local.aws.cases.delivery import ACL
from tests.infra.local.aws.client import Client
from tests.infra.local.aws.ground import Ground

TARGET = "aws:cloudwatch/eventTarget:EventTarget"
NODES = {
    key: value
    for case in CASES
    if case.token == tokens.NODE_GROUP
    for key, value in case.least.items()
    if key != "nodeGroupName"
}
AGAIN: list[tuple[str, dict[str, Any], str]] = [
    (tokens.QUEUE, {"namePrefix": "jobs-"}, "name"),
    (tokens.EVENT_RULE, {"namePrefix": "spot-", "scheduleExpression": "rate(1 day)"}, "name"),
    (TARGET, {"rule": "$event-rule", "arn": "$queue:arn"}, "targetId"),
    (tokens.WEB_ACL, {**ACL, "namePrefix": "edge-"}, "name"),
    (
        tokens.TARGET_GROUP,
        {"namePrefix": "edge-", "port": 80, "protocol": "TCP", "vpcId": "$vpc"},
        "name",
    ),
    (tokens.NODE_GROUP, {**NODES, "nodeGroupNamePrefix": "base-"}, "nodeGroupName"),
    (tokens.SCALING_GROUP, {"namePrefix": "app-", "minSize": 0, "maxSize": 1}, "name"),
    (
        tokens.BUDGET,
        {
            "namePrefix": "all-",
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "1",
            "limitUnit": "USD",
        },
        "name",
    ),
]


@pytest.mark.parametrize(("token", "inputs", "made"), AGAIN, ids=[row[0] for row in AGAIN])
def test_a_made_name_is_new_each_time(
    client: Client, ground: Ground, token: str, inputs: dict[str, Any], made: str
):
    if token == tokens.SCALING_GROUP:
        machines = {"launchTemplate": {"id": "$template"}, "vpcZoneIdentifiers": ["$subnet-a"]}
        inputs = {**inputs, **machines}
    first, second = (client.create(token, ground.fill(inputs), name=n) for n in ("one", "two"))
    assert first.id != second.id
    assert first.outputs[made] != second.outputs[made]
    assert str(first.outputs[made]) in first.id or str(first.outputs[made]) in str(
        first.outputs["arn"]
    )


def test_a_given_target_id_is_taken_once(client: Client, ground: Ground):
    inputs = ground.fill({"rule": "$event-rule", "arn": "$queue:arn", "targetId": "alerts"})
    client.create(TARGET, inputs)
    with pytest.raises(grpc.RpcError, match="exists already"):
        client.create(TARGET, inputs, name="again")
