"""Types that the table does not know: refused by name, or recorded without checks and said so."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import UNKNOWN
from infra.local.aws.tools import run
from infra.local.aws.unchecked import SWITCH, is_asked_for
from tests.infra.local.aws.client import Client, Running

STREAM = "aws:kinesis/stream:Stream"


class Engine(engine_pb2_grpc.EngineServicer):
    """Keeps what a provider logs."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self._server = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Log(self, request: Any, context: Any) -> Any:
        self.said.append(request)
        return empty_pb2.Empty()

    def stop(self) -> None:
        self._server.stop(None).wait()


@pytest.fixture
def engine() -> Iterator[Engine]:
    started = Engine()
    yield started
    started.stop()


@pytest.fixture
def lenient(tmp_path: Path, engine: Engine) -> Iterator[Running]:
    """A provider that records what it does not know, and whose engine listens."""
    started = Running(tmp_path / "world.sqlite", record_unknown=True)
    greeting = pb.ProviderHandshakeRequest(engine_address=engine.address)
    started.client.stub.Handshake(greeting, timeout=60)
    started.client.configure()
    yield started
    started.stop()


def test_the_refusal_names_the_type_its_service_and_the_switch(client: Client):
    with pytest.raises(grpc.RpcError) as refusal:
        client.check("aws:iam/accessKey:AccessKey", {})
    said = str(refusal.value.details())
    assert "aws:iam/accessKey:AccessKey" in said
    assert "of service iam it knows: aws:iam/group:Group, " in said
    assert f"{SWITCH}=true" in said


@pytest.mark.parametrize("token", ["aws:nonsense", "kubernetes:core/v1:Pod", "aws:a/b/c:D"])
def test_what_is_no_type_of_aws_is_refused_with_the_switch_too(lenient: Running, token: str):
    with pytest.raises(grpc.RpcError, match="is not modelled") as refusal:
        lenient.client.check(token, {})
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_an_unknown_function_has_no_switch(lenient: Running):
    with pytest.raises(grpc.RpcError, match="getQueue:getQueue is not modelled") as refusal:
        lenient.client.invoke("aws:sqs/getQueue:getQueue", name="x")
    assert "aws:ec2/getAmi:getAmi" in str(refusal.value.details())
    assert SWITCH not in str(refusal.value.details())


def test_an_unknown_type_lives_without_checks(lenient: Running):
    client = lenient.client
    made = client.create(STREAM, {"anything": {"goes": [1]}, "name": "jobs"}, name="jobs")
    assert made.id.startswith("jobs-")
    assert made.outputs["arn"] == f"arn:aws:kinesis:ap-southeast-1:123456789012:stream/{made.id}"
    assert made.outputs["anything"] == {"goes": [1]}
    assert client.diff(made, made.inputs).changes == pb.DiffResponse.DIFF_NONE
    answer = client.diff(made, {**made.inputs, "name": "other"})
    assert list(answer.diffs) == ["name"]
    assert not list(answer.replaces)
    client.update(made, {"name": "other"})
    read = client.read(STREAM, made.id)
    assert read is not None
    assert read.inputs == {"name": "other"}
    client.delete(made)
    assert client.read(STREAM, made.id) is None


def test_a_preview_leaves_what_it_makes_up_unknown(lenient: Running):
    made = lenient.client.create(STREAM, {"name": "jobs"}, preview=True)
    assert made.outputs == {"name": "jobs", "arn": UNKNOWN}


def test_each_resource_warns_once_and_all_are_listed_at_the_end(lenient: Running, engine: Engine):
    client = lenient.client
    first = client.create(STREAM, {}, name="first")
    client.create(STREAM, {}, name="second")
    client.diff(first, {})
    client.create(tokens.VPC, {"cidrBlock": "10.0.0.0/16"})
    warned = [(log.severity, log.urn.rpartition("::")[2]) for log in engine.said]
    assert warned == [(engine_pb2.WARNING, "first"), (engine_pb2.WARNING, "second")]
    assert all("WITHOUT CHECKS" in log.message for log in engine.said)
    client.stub.Cancel(empty_pb2.Empty())
    last = engine.said[-1].message.splitlines()
    assert last[0].startswith("Recorded WITHOUT CHECKS")
    assert last[0].endswith("2 in all:")
    assert last[1:] == [f"  {STREAM} first", f"  {STREAM} second"]
    client.stub.Cancel(empty_pb2.Empty())
    assert len(engine.said) == 3


def test_an_engine_that_cannot_be_told_does_not_fail_the_resource(
    lenient: Running, engine: Engine, capsys: pytest.CaptureFixture[str]
):
    engine.stop()
    assert lenient.client.create(STREAM, {}).id
    assert "WITHOUT CHECKS" in capsys.readouterr().err


def test_what_was_recorded_so_is_read_and_deleted_without_the_switch(tmp_path: Path):
    lenient = Running(tmp_path / "world.sqlite", record_unknown=True)
    lenient.client.configure()
    made = lenient.client.create(STREAM, {"name": "jobs"})
    lenient.stop()
    strict = Running(tmp_path / "world.sqlite")
    try:
        strict.client.configure()
        assert strict.client.read(STREAM, made.id) is not None
        with pytest.raises(grpc.RpcError, match="is not modelled"):
            strict.client.check(STREAM, {})
        strict.client.delete(made)
        with pytest.raises(grpc.RpcError, match="is not modelled"):
            strict.client.read(STREAM, made.id)
    finally:
        strict.stop()


def test_what_was_recorded_so_may_be_pointed_at(lenient: Running):
    client = lenient.client
    stream = client.create("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", {})
    vpc = client.create(tokens.VPC, {"cidrBlock": "10.0.0.0/16"})
    logs = {
        "vpcId": vpc.id,
        "trafficType": "ALL",
        "logDestinationType": "kinesis-data-firehose",
        "logDestination": stream.outputs["arn"],
    }
    assert client.create("aws:ec2/flowLog:FlowLog", logs).id


def test_the_tools_show_and_change_it(lenient: Running, capsys: pytest.CaptureFixture[str]):
    made = lenient.client.create(STREAM, {"name": "jobs"})
    store = ["--store", str(lenient.store)]
    assert run(["list", *store]) == 0
    assert capsys.readouterr().out == f"{STREAM}\t{made.id}\trecorded without checks\n"
    assert run(["drift", *store, made.id, "name=other"]) == 0
    read = lenient.client.read(STREAM, made.id)
    assert read is not None
    assert read.inputs == {"name": "other"}


def test_the_switch_is_true_or_false():
    assert is_asked_for({SWITCH: "true"})
    assert is_asked_for({SWITCH: "1"})
    assert not is_asked_for({})
    assert not is_asked_for({SWITCH: "false"})
    with pytest.raises(ValueError, match=f"{SWITCH} is 'perhaps'"):
        is_asked_for({SWITCH: "perhaps"})
