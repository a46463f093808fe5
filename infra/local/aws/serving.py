"""The plugin's process: settings from the environment, the server, and when it ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from infra.local.aws.servicer import AwsProvider, Settings
from infra.local.aws.store import store_path
from infra.local.aws.unchecked import is_asked_for

LONGEST_MESSAGE = 400 * 1024 * 1024  # the engine's own limit
THREADS = 64  # a call that waits (a fault, a held delete) keeps its thread
WATCH_SECONDS = 0.5


def settings_from(environment: Mapping[str, str]) -> Settings:
    return Settings(
        store=store_path(environment),
        endpoints=environment.get("GACP_LOCAL_ENDPOINTS"),
        faults=environment.get("GACP_AWS_FAULTS"),
        patience=float(environment.get("GACP_AWS_DELETE_WAIT", "20")),
        record_unknown=is_asked_for(environment),
    )


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs, and its port on loopback."""

    server: grpc.Server
    port: int
    provider: AwsProvider

    def stop(self, grace: float | None = None) -> None:
        """End the server; calls that run are cut after `grace` seconds. Closes the record."""
        self.server.stop(grace).wait()
        self.provider.close()


def start(settings: Settings) -> Serving:
    """Serve on a free port of loopback."""
    server = grpc.server(
        ThreadPoolExecutor(THREADS),
        options=[
            ("grpc.max_receive_message_length", LONGEST_MESSAGE),
            ("grpc.max_send_message_length", LONGEST_MESSAGE),
        ],
    )
    provider = AwsProvider(settings)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return Serving(server, port, provider)


def serve(parent: int) -> int:
    """Serve until a signal, or until the parent is gone (a plugin outlives a killed engine
    otherwise).
    """
    serving = start(settings_from(os.environ))
    sys.stdout.write(f"{serving.port}\n")
    sys.stdout.flush()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    while not stop.wait(WATCH_SECONDS):
        if os.getppid() != parent:
            os._exit(0)
    serving.stop(grace=1)
    return 0
