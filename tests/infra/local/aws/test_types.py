"""Every type of the table, over gRPC: create, no change, update, replace, drift, delete twice,
refuse.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from infra.local.aws import shapes
from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import plain
from infra.local.aws.store import Store
from infra.local.aws.table import TABLE
from infra.local.aws.tools import drift
from tests.infra.local.aws.cases.case import Case
from tests.infra.local.aws.cases.every import ALL
from tests.infra.local.aws.client import Client, Made, RefusedError, Running
from tests.infra.local.aws.ground import Ground

each_type = pytest.mark.parametrize(
    "case", ALL, ids=lambda case: case.token.rsplit("/")[-1].split(":")[0]
)
REPLACES = {
    pb.PropertyDiff.ADD_REPLACE,
    pb.PropertyDiff.UPDATE_REPLACE,
    pb.PropertyDiff.DELETE_REPLACE,
}


def test_every_type_has_a_case():
    assert sorted(case.token for case in ALL) == sorted(TABLE)


def test_what_cannot_change_says_why():
    silent = [
        case.token
        for case in ALL
        if (case.update is None or case.replace is None) and not case.fixed
    ]
    assert not silent


def changed(ground: Ground, case: Case, changes: dict[str, Any]) -> dict[str, Any]:
    merged = {**case.least, **changes}
    return ground.fill({key: value for key, value in merged.items() if value is not None})


def make(client: Client, ground: Ground, case: Case, inputs: dict[str, Any] | None = None) -> Made:
    filled = ground.fill(case.least if inputs is None else inputs)
    return client.create(case.token, filled)


def full_inputs(ground: Ground, case: Case) -> dict[str, Any]:
    if (
        case.token == tokens.NAT
    ):  # a public gateway needs one of the VPC, which nothing of its own names
        ground.fill("$gateway")
        return {"subnetId": "$subnet-a", "allocationId": "$address", "tags": {"Name": "a"}}
    return case.full


@each_type
def test_the_least_inputs_make_a_resource(client: Client, ground: Ground, case: Case):
    made = make(client, ground, case)
    assert made.id
    assert {name for name in case.outputs if made.outputs.get(name) is None} == set()
    for key, value in made.inputs.items():
        shown = plain(made.outputs[key])
        if key in TABLE[case.token].fills:
            assert plain(value).items() <= shown.items()
        else:
            assert plain(value) == shown
    assert set(made.outputs) <= {
        *shapes.declared_inputs(case.token),
        *shapes.declared_outputs(case.token),
    }


@each_type
def test_the_fullest_inputs_make_a_resource_that_reads_back(
    client: Client, ground: Ground, case: Case
):
    made = make(client, ground, case, full_inputs(ground, case))
    read = client.read(case.token, made.id, made.inputs.get("region", ""))
    assert read is not None
    assert (read.inputs, read.outputs) == (made.inputs, made.outputs)
    assert (
        client.diff(made, ground.fill(full_inputs(ground, case))).changes
        == pb.DiffResponse.DIFF_NONE
    )


@each_type
def test_the_same_inputs_are_no_change(client: Client, ground: Ground, case: Case):
    made = make(client, ground, case)
    answer = client.diff(made, ground.fill(case.least))
    assert answer.changes == pb.DiffResponse.DIFF_NONE
    assert not answer.detailedDiff


@pytest.mark.parametrize(
    "case", [case for case in ALL if case.update], ids=lambda case: case.token.rsplit(":")[-1]
)
def test_a_change_in_place_updates(client: Client, ground: Ground, case: Case):
    made = make(client, ground, case)
    news = changed(ground, case, case.update or {})
    answer = client.diff(made, news)
    assert answer.changes == pb.DiffResponse.DIFF_SOME
    assert not list(answer.replaces)
    assert set(answer.diffs) == {path.split(".")[0].split("[")[0] for path in answer.detailedDiff}
    updated = client.update(made, news)
    read = client.read(case.token, made.id, made.inputs.get("region", ""))
    assert read is not None
    assert read.outputs == updated.outputs
    assert client.diff(updated, news).changes == pb.DiffResponse.DIFF_NONE


@pytest.mark.parametrize(
    "case", [case for case in ALL if case.replace], ids=lambda case: case.token.rsplit(":")[-1]
)
def test_a_change_that_cannot_be_made_in_place_replaces(client: Client, ground: Ground, case: Case):
    made = make(client, ground, case)
    answer = client.diff(made, changed(ground, case, case.replace or {}))
    assert set(answer.replaces) & set(case.replace or {})
    assert {path.kind for path in answer.detailedDiff.values()} & REPLACES


@each_type
def test_a_read_shows_drift(client: Client, ground: Ground, case: Case, running: Running):
    made = make(client, ground, case)
    with closing(Store(running.store)) as store:
        drift(store, made.id, [case.drift], case.token)
    read = client.read(case.token, made.id, made.inputs.get("region", ""))
    assert read is not None
    assert read.inputs != made.inputs
    # As a refresh asks: what is there now as the old side, what the state says as the new one.
    assert client.diff_raw(read, read.inputs, made.inputs).changes == pb.DiffResponse.DIFF_SOME


@each_type
def test_deleting_twice_is_no_error(client: Client, ground: Ground, case: Case):
    made = make(client, ground, case)
    client.delete(made)
    client.delete(made)
    assert client.read(case.token, made.id, made.inputs.get("region", "")) is None


@each_type
def test_what_aws_refuses_is_refused(client: Client, ground: Ground, case: Case):
    changes, says = case.rejected
    with pytest.raises((RefusedError, grpc.RpcError)) as refusal:
        make(client, ground, case, changed(ground, case, changes))
    if isinstance(refusal.value, grpc.RpcError):
        code = refusal.value.code()
        assert code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION)
        assert says in str(refusal.value.details())
    else:
        assert says in str(refusal.value)
