"""Speaks to a provider: values in, values out, failures as exceptions, a deadline on each call."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2

from infra.local.engine import protocol
from infra.local.engine.answers import Failures, checked, diff_of
from infra.local.engine.planner import Diff
from infra.local.engine.plugins import STOP_SECONDS, PluginProcess
from infra.local.engine.project import as_text
from infra.local.engine.values import Properties, decode, encode, plain, remarked, reveal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi.runtime.proto import provider_pb2

    from infra.local.engine.state import Resource

QUICK_SECONDS = 300
"""Deadline of calls that change nothing (Check, Diff, Configure, Invoke)."""
WORK_SECONDS = 3600
"""Deadline of Create, Update, Read and Delete without custom timeouts."""


class ProviderError(Exception):
    """A call failed. `partial` is set where the provider did part of the work."""

    def __init__(
        self, message: str, code: str, partial: provider_pb2.ErrorResourceInitFailed | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.partial = partial


class DiffUnavailableError(Exception):
    """The provider's own configuration is not known yet: it can't be asked."""


class Plugin:
    """One provider process and its connection."""

    def __init__(self, path: Path, engine_address: str, cwd: Path) -> None:
        self._process = PluginProcess([str(path), engine_address], cwd)
        address = f"127.0.0.1:{self._process.port}"
        self._channel = grpc.insecure_channel(address, options=protocol.OPTIONS)
        self._stub = protocol.provider_pb2_grpc.ResourceProviderStub(self._channel)
        self.previews = False
        request = protocol.provider_pb2.ProviderHandshakeRequest(
            engine_address=engine_address, configure_with_urn=True, invoke_with_preview=True
        )
        with self._unless_unimplemented():
            self._call(self._stub.Handshake, request, QUICK_SECONDS)
            self.previews = True

    @contextlib.contextmanager
    def _unless_unimplemented(self) -> Any:
        """Older providers lack some calls; doing without is then right."""
        try:
            yield
        except ProviderError as error:
            if error.code != "UNIMPLEMENTED":
                raise

    def _call[Response](
        self, method: Callable[..., Response], request: object, seconds: float
    ) -> Response:
        try:
            return method(request, timeout=seconds)
        except grpc.RpcError as error:
            raise self._failure(error) from error

    def _failure(self, error: Any) -> ProviderError:
        partial = None
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                from google.rpc import status_pb2

                for detail in status_pb2.Status.FromString(value).details:
                    if detail.Is(protocol.provider_pb2.ErrorResourceInitFailed.DESCRIPTOR):
                        partial = protocol.provider_pb2.ErrorResourceInitFailed()
                        detail.Unpack(partial)
        message = error.details() or str(error.code())
        lost = error.code() is grpc.StatusCode.UNAVAILABLE
        if (status := self._process.ended(1 if lost else 0)) is not None:
            message = f"the provider ended with status {status}: {self._process.last_words()}"
        return ProviderError(message, error.code().name, partial)

    # ---- configuration of a provider

    def check_config(
        self, urn: str, olds: Properties, news: Properties
    ) -> tuple[Properties, Failures]:
        """Configuration goes without its secret marks; the answer has them again."""
        news = plain(news)
        request = protocol.provider_pb2.CheckRequest(
            **_names(urn), olds=encode(reveal(olds)), news=encode(reveal(news))
        )
        with self._unless_unimplemented():
            inputs, failures = checked(self._call(self._stub.CheckConfig, request, QUICK_SECONDS))
            return remarked(inputs, news), failures
        return news, []

    def diff_config(
        self,
        urn: str,
        old_inputs: Properties,
        olds: Properties,
        news: Properties,
        ignore: list[str],
    ) -> Diff:
        request = protocol.provider_pb2.DiffRequest(
            **_names(urn),
            old_inputs=encode(reveal(old_inputs)),
            olds=encode(reveal(olds)),
            news=encode(reveal(plain(news))),
            ignoreChanges=ignore,
        )
        with self._unless_unimplemented():
            return diff_of(self._call(self._stub.DiffConfig, request, QUICK_SECONDS))
        return Diff(None)

    def configure(self, urn: str, ident: str, package: str, args: Properties) -> None:
        shown = {k: v for k, v in reveal(args).items() if k != "version"}
        request = protocol.provider_pb2.ConfigureRequest(
            variables={f"{package}:config:{k}": as_text(v) for k, v in shown.items()},
            args=encode(plain(args)),
            acceptSecrets=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            id=ident,
            **_names(urn),
        )
        answer = self._call(self._stub.Configure, request, QUICK_SECONDS)
        self.previews = self.previews or answer.supportsPreview

    # ---- resources

    def check(self, urn: str, olds: Properties, news: Properties) -> tuple[Properties, Failures]:
        request = protocol.provider_pb2.CheckRequest(
            **_names(urn),
            olds=encode(olds),
            news=encode(plain(news)),
            randomSeed=os.urandom(32),
        )
        return checked(self._call(self._stub.Check, request, QUICK_SECONDS))

    def diff(self, old: Resource, urn: str, news: Properties, ignore: list[str]) -> Diff:
        """What it takes to bring `old` to `news`; `urn` is the present one."""
        request = protocol.provider_pb2.DiffRequest(
            **_names(urn),
            id=old.id,
            old_inputs=encode(old.inputs),
            olds=encode(old.outputs),
            news=encode(plain(news)),
            ignoreChanges=ignore,
        )
        return diff_of(self._call(self._stub.Diff, request, QUICK_SECONDS))

    def create(self, new: Resource, preview: bool) -> tuple[str, Properties]:
        seconds = new.customTimeouts.get("create", 0)
        request = protocol.provider_pb2.CreateRequest(
            **_names(new.urn),
            properties=encode(plain(new.inputs)),
            preview=preview,
            timeout=seconds,
        )
        answer = self._call(self._stub.Create, request, seconds or WORK_SECONDS)
        return answer.id, decode(answer.properties)

    def update(self, old: Resource, new: Resource, preview: bool) -> Properties:
        seconds = new.customTimeouts.get("update", 0)
        request = protocol.provider_pb2.UpdateRequest(
            **_names(new.urn),
            id=old.id,
            old_inputs=encode(old.inputs),
            olds=encode(old.outputs),
            news=encode(plain(new.inputs)),
            ignoreChanges=new.ignoreChanges,
            preview=preview,
            timeout=seconds,
        )
        return decode(self._call(self._stub.Update, request, seconds or WORK_SECONDS).properties)

    def read(
        self, urn: str, ident: str, inputs: Properties, state: Properties
    ) -> tuple[str, Properties | None, Properties]:
        """(id, inputs or None where the provider gives none, outputs); an empty id means gone."""
        request = protocol.provider_pb2.ReadRequest(
            **_names(urn),
            id=ident,
            inputs=encode(inputs),
            properties=encode(state),
        )
        answer = self._call(self._stub.Read, request, WORK_SECONDS)
        read = decode(answer.inputs) if answer.HasField("inputs") else None
        return answer.id, read, decode(answer.properties)

    def delete(self, old: Resource) -> None:
        seconds = old.customTimeouts.get("delete", 0)
        request = protocol.provider_pb2.DeleteRequest(
            **_names(old.urn),
            id=old.id,
            old_inputs=encode(old.inputs),
            properties=encode(old.outputs),
            timeout=seconds,
        )
        self._call(self._stub.Delete, request, seconds or WORK_SECONDS)

    def invoke(self, token: str, args: Properties, preview: bool) -> tuple[Properties, Failures]:
        request = protocol.provider_pb2.InvokeRequest(
            tok=token, args=encode(plain(args)), preview=preview
        )
        answer = self._call(self._stub.Invoke, request, QUICK_SECONDS)
        failures = [(f.property, f.reason) for f in answer.failures]
        return decode(getattr(answer, "return")), failures

    # ---- end

    def cancel(self) -> None:
        """Asks the provider to give up what it does."""
        with contextlib.suppress(grpc.RpcError, ValueError):
            self._stub.Cancel(empty_pb2.Empty(), timeout=STOP_SECONDS)

    def close(self) -> None:
        """Cancel, then the process is stopped."""
        if self._process.status is None:
            self.cancel()
        self._channel.close()
        self._process.stop()


def _names(urn: str) -> dict[str, Any]:
    _, _, kind, name = urn.split("::", 3)
    return {"urn": urn, "name": name, "type": kind.rpartition("$")[2]}
