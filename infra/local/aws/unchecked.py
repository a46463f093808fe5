"""Types that the table does not know, recorded without checks where a person asks for it.

`GACP_AWS_RECORD_UNKNOWN=true` lets a program with such a type run: no input is looked at, the
outputs are the inputs, `id` and an `arn` made up from the token, and every change is an update in
place. Nothing that such a run shows holds for AWS, so each resource is warned of and all of them
are listed at the end.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from infra.local.aws.names import service_of
from infra.local.aws.spec import ACCOUNT, TypeSpec

SWITCH = "GACP_AWS_RECORD_UNKNOWN"
TELL_SECONDS = 5.0
_WARNING = (
    f"{{token}} is not modelled and is recorded WITHOUT CHECKS ({SWITCH} is set): no input is"
    " looked at, outputs are the inputs, id and a made-up arn, and every change is an update in"
    " place"
)


def is_asked_for(environment: Mapping[str, str]) -> bool:
    """Whether the switch is on. Raises ValueError for a value that is neither true nor false."""
    value = environment.get(SWITCH, "false").lower()
    if value not in ("true", "1", "false", "0", ""):
        raise ValueError(f"{SWITCH} is {value!r}; it must be true or false")
    return value in ("true", "1")


def unchecked(token: str) -> TypeSpec:
    """The row of a type without one. Raises ValueError for what is no token of AWS."""
    service, kind = service_of(token), token.rsplit(":", 1)[1].lower()
    return TypeSpec(
        token,
        id="{name}-{six}",
        computed={"arn": f"arn:aws:{service}:{{region}}:{ACCOUNT}:{kind}/{{id}}"},
        unchecked=True,
    )


class Unchecked:
    """What this process recorded without checks, told to the engine: each once, all at the end."""

    def __init__(self) -> None:
        self._engine = ""
        self._seen: dict[str, str] = {}
        self._lock = threading.Lock()

    def engine_is_at(self, address: str) -> None:
        self._engine = address

    def saw(self, token: str, urn: str) -> None:
        """A call about such a resource: the first of its resource warns."""
        with self._lock:
            if urn in self._seen:
                return
            self._seen[urn] = token
        self._tell(_WARNING.format(token=token), urn)

    def list_all(self) -> None:
        """At the end of a run: everything that was recorded without checks, and that it was."""
        with self._lock:
            seen, self._seen = dict(self._seen), {}
        if seen:
            lines = [f"  {token} {urn.rpartition('::')[2]}" for urn, token in seen.items()]
            text = f"Recorded WITHOUT CHECKS ({SWITCH} is set), {len(seen)} in all:"
            self._tell("\n".join((text, *lines)), "")

    def _tell(self, message: str, urn: str) -> None:
        """An engine that cannot be told must not fail the resource: the log of the plugin has it
        then.
        """
        request: Any = engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=urn)
        try:
            with grpc.insecure_channel(self._engine) as channel:
                log: Any = engine_pb2_grpc.EngineStub(channel).Log
                log(request, timeout=TELL_SECONDS)
        except (grpc.RpcError, ValueError) as error:
            sys.stderr.write(f"warning: {message} (the engine was not told: {error!r})\n")
