"""The Engine service: what programs and plugins log. And the server that carries both services."""

# The names and arguments of servicer methods are gRPC's.
# ruff: noqa: N802, ARG002

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc
from google.protobuf import empty_pb2

from infra.local.engine import VERSION, protocol

if TYPE_CHECKING:
    from pulumi.runtime.proto import engine_pb2

    from infra.local.engine.deployment import Deployment
    from infra.local.engine.events import Events
    from infra.local.engine.monitor import Monitor


class EngineService(protocol.engine_pb2_grpc.EngineServicer):
    """After the deployment has begun to end, the program's complaints about it are dropped."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._root = ""
        self.deployment: Deployment | None = None

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        stopping = self.deployment is not None and self.deployment.stopping.is_set()
        severity = ("debug", "info", "warning", "error")[request.severity]
        if severity != "debug" and not (stopping and severity == "error"):
            self._events.diagnostic(
                severity,
                request.message + "\n",
                request.urn,
                stream=request.streamId,
                ephemeral=request.ephemeral,
            )
        return empty_pb2.Empty()

    def GetRootResource(
        self, request: engine_pb2.GetRootResourceRequest, context: grpc.ServicerContext
    ) -> engine_pb2.GetRootResourceResponse:
        return protocol.engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(
        self, request: engine_pb2.SetRootResourceRequest, context: grpc.ServicerContext
    ) -> engine_pb2.SetRootResourceResponse:
        self._root = request.urn
        return protocol.engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(
        self, request: engine_pb2.RequirePulumiVersionRequest, context: grpc.ServicerContext
    ) -> engine_pb2.RequirePulumiVersionResponse:
        # The program's demand is about the CLI that this engine stands in for.
        text = f"version {request.pulumi_version_range} asked, {VERSION} answered\n"
        self._events.diagnostic("debug", text)
        return protocol.engine_pb2.RequirePulumiVersionResponse()


class Server:
    """Both services on one port of the loopback address."""

    def __init__(self, engine: EngineService, threads: int) -> None:
        self._server = grpc.server(ThreadPoolExecutor(threads, "monitor"), options=protocol.OPTIONS)
        protocol.engine_pb2_grpc.add_EngineServicer_to_server(engine, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def add(self, monitor: Monitor) -> None:
        protocol.resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop(2).wait(4)
