"""The engine's side of the provider, over real gRPC, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from infra.local.aws.codec import Properties, dump, load
from infra.local.aws.servicer import Settings
from infra.local.aws.serving import start

REGION = "ap-southeast-1"
DEADLINE = 60.0


class RefusedError(Exception):
    """Check said no; `failures` are (property, reason)."""

    def __init__(self, failures: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in failures))
        self.failures = failures


@dataclass(frozen=True)
class Made:
    """A resource as the engine knows it."""

    token: str
    name: str
    id: str
    inputs: Properties
    outputs: Properties


class Client:
    """A provider process's worth of calls, as the engine makes them: Check before all else."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self.stub = stub

    def configure(self, region: str = REGION, **args: Any) -> None:
        settings = {"region": region, **args}
        self.stub.Configure(pb.ConfigureRequest(args=dump(settings)), timeout=DEADLINE)

    def check(
        self, token: str, news: Properties, olds: Properties | None = None, **more: Any
    ) -> Properties:
        name = more.pop("name", "thing")
        answer = self.stub.Check(
            pb.CheckRequest(
                urn=_urn(token, name),
                type=token,
                name=name,
                news=dump(news),
                olds=dump(olds or {}),
                randomSeed=name.encode(),
                **more,
            ),
            timeout=DEADLINE,
        )
        if answer.failures:
            raise RefusedError([(failure.property, failure.reason) for failure in answer.failures])
        return load(answer.inputs)

    def create(
        self, token: str, inputs: Properties, name: str = "thing", *, preview: bool = False
    ) -> Made:
        checked = self.check(token, inputs, name=name)
        answer = self.stub.Create(
            pb.CreateRequest(
                urn=_urn(token, name),
                type=token,
                name=name,
                properties=dump(checked),
                preview=preview,
            ),
            timeout=DEADLINE,
        )
        return Made(token, name, answer.id, checked, load(answer.properties))

    def diff(self, made: Made, news: Properties, olds: Made | None = None) -> Any:
        """The Diff of `made` against new inputs, which are checked first, as the engine does."""
        del olds
        checked = self.check(made.token, news, made.inputs, name=made.name)
        return self.diff_raw(made, made.inputs, checked)

    def diff_raw(self, made: Made, old_inputs: Properties, news: Properties) -> Any:
        return self.stub.Diff(
            pb.DiffRequest(
                id=made.id,
                urn=_urn(made.token, made.name),
                type=made.token,
                name=made.name,
                olds=dump(made.outputs),
                old_inputs=dump(old_inputs),
                news=dump(news),
            ),
            timeout=DEADLINE,
        )

    def update(self, made: Made, news: Properties, *, preview: bool = False) -> Made:
        checked = self.check(made.token, news, made.inputs, name=made.name)
        answer = self.stub.Update(
            pb.UpdateRequest(
                id=made.id,
                urn=_urn(made.token, made.name),
                type=made.token,
                name=made.name,
                olds=dump(made.outputs),
                old_inputs=dump(made.inputs),
                news=dump(checked),
                preview=preview,
            ),
            timeout=DEADLINE,
        )
        return Made(made.token, made.name, made.id, checked, load(answer.properties))

    def read(self, token: str, identity: str, region: str = "") -> Made | None:
        """Without a region as an import reads, with one as a refresh does."""
        state = dump({"region": region} if region else {})
        answer = self.stub.Read(
            pb.ReadRequest(
                id=identity, urn=_urn(token, "thing"), type=token, name="thing", properties=state
            ),
            timeout=DEADLINE,
        )
        if not answer.id:
            return None
        return Made(token, "thing", answer.id, load(answer.inputs), load(answer.properties))

    def delete(self, made: Made) -> None:
        self.stub.Delete(
            pb.DeleteRequest(
                id=made.id,
                urn=_urn(made.token, made.name),
                type=made.token,
                name=made.name,
                properties=dump(made.outputs),
            ),
            timeout=DEADLINE,
        )

    def cancel(self) -> None:
        """What an engine says when it ends."""
        self.stub.Cancel(empty_pb2.Empty(), timeout=DEADLINE)

    def invoke(self, token: str, **args: Any) -> Properties:
        answer = self.stub.Invoke(pb.InvokeRequest(tok=token, args=dump(args)), timeout=DEADLINE)
        if answer.failures:
            raise RefusedError([(failure.property, failure.reason) for failure in answer.failures])
        return load(getattr(answer, "return"))


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::gacp::{token}::{name}"


class Running:
    """A provider on a free port of this process, and its client."""

    def __init__(self, store: Path, **settings: Any) -> None:
        self.store = store
        self._serving = start(
            Settings(store=store, **{"patience": 0.0, "durable": False, **settings})
        )
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self._serving.port}")
        self.client = Client(provider_pb2_grpc.ResourceProviderStub(self._channel))

    def stop(self) -> None:
        self._channel.close()
        self._serving.stop()
