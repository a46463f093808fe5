"""Faults on demand and changes behind the engine's back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import load
from infra.local.aws.store import Store
from tests.infra.local.aws.client import Client, Running

VPC = {"cidrBlock": "10.0.0.0/16"}


class Faulty:
    """A provider with faults, and whether it left."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "faults.json"
        self.left: list[int] = []
        self.running = Running(
            folder / "world.sqlite", faults=str(self.file), exit=self.left.append
        )
        self.running.client.configure()
        self.client: Client = self.running.client

    def ask(self, **entry: Any) -> None:
        fault = {"call": "create", "type": tokens.VPC, **entry}
        self.file.write_text(json.dumps({"faults": [fault]}), encoding="utf-8")


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[Faulty]:
    started = Faulty(tmp_path)
    yield started
    started.running.stop()


def recorded(faulty: Faulty) -> int:
    store = Store(faulty.running.store)
    try:
        return len(store.all())
    finally:
        store.close()


def test_a_clean_failure_does_nothing(faulty: Faulty):
    faulty.ask(mode="fail", code="VpcLimitExceeded")
    with pytest.raises(grpc.RpcError) as refusal:
        faulty.client.create(tokens.VPC, VPC)
    assert refusal.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "VpcLimitExceeded" in str(refusal.value.details())
    assert recorded(faulty) == 0


def test_only_the_nth_call_fails(faulty: Faulty):
    faulty.ask(mode="fail", nth=2)
    faulty.client.create(tokens.VPC, VPC)
    with pytest.raises(grpc.RpcError):
        faulty.client.create(tokens.VPC, VPC)
    faulty.client.create(tokens.VPC, VPC)
    assert recorded(faulty) == 2


def test_another_type_does_not_fail(faulty: Faulty):
    faulty.ask(mode="fail")
    assert faulty.client.create(tokens.BUCKET, {}).id


def test_a_lost_answer_leaves_the_work_done(faulty: Faulty):
    faulty.ask(mode="after")
    with pytest.raises(grpc.RpcError) as refusal:
        faulty.client.create(tokens.VPC, VPC)
    assert refusal.value.code() is grpc.StatusCode.UNKNOWN
    assert recorded(faulty) == 1


def test_a_dropped_answer_ends_the_process_after_the_work(faulty: Faulty):
    faulty.ask(mode="drop")
    faulty.client.create(tokens.VPC, VPC)
    assert faulty.left == [1]
    assert recorded(faulty) == 1


def test_half_made_says_what_exists(faulty: Faulty):
    from google.rpc import status_pb2

    faulty.ask(mode="partial", message="it does not become ready")
    with pytest.raises(grpc.RpcError) as refusal:
        faulty.client.create(tokens.VPC, VPC)
    trailing = dict(refusal.value.trailing_metadata())
    status = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
    detail = pb.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id.startswith("vpc-")
    assert load(detail.inputs)["cidrBlock"] == "10.0.0.0/16"
    assert "does not become ready" in detail.reasons[0]


def test_a_read_that_fails_does_not_say_that_the_resource_is_gone(faulty: Faulty):
    made = faulty.client.create(tokens.VPC, VPC)
    faulty.ask(call="read", mode="unknown")
    with pytest.raises(grpc.RpcError):
        faulty.client.read(tokens.VPC, made.id)


def test_what_never_answers_ends_with_cancel(faulty: Faulty):
    faulty.ask(mode="never")
    checked = faulty.client.check(tokens.VPC, VPC)
    from infra.local.aws.codec import dump

    call = faulty.client.stub.Create.future(
        pb.CreateRequest(urn="u", type=tokens.VPC, name="v", properties=dump(checked)), timeout=60
    )
    faulty.client.stub.Cancel(empty_pb2.Empty())
    with pytest.raises(grpc.RpcError) as refusal:
        call.result(timeout=30)
    assert refusal.value.code() is grpc.StatusCode.CANCELLED
    assert recorded(faulty) == 0


def test_a_fault_of_no_known_mode_is_refused_by_name(faulty: Faulty):
    faulty.ask(mode="explode")
    with pytest.raises(grpc.RpcError, match="mode must be one of fail"):
        faulty.client.create(tokens.VPC, VPC)


def test_a_preview_has_no_faults(faulty: Faulty):
    faulty.ask(mode="fail")
    assert faulty.client.create(tokens.VPC, VPC, preview=True).outputs
