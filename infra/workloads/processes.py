"""The service model as processes on this machine: plain data, nothing is started here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from infra.workloads.environment import LogFormat, application_environment
from infra.workloads.model import SERVICES, Place, Service, slots

LOOPBACK = "127.0.0.1"
AWS_PORT_NAME = "aws-api"  # the name under which the AWS API's port is remembered

# The AWS API on loopback asks for credentials and takes any; the SDK must not look for real ones.
LOCAL_CREDENTIAL = "local"


class PortSource(Protocol):
    """Who knows the ports of this platform by name (`api-0`, `aws-api`)."""

    def port(self, name: str) -> int: ...


@dataclass(frozen=True, slots=True)
class LocalProcess:
    """One process of the application.

    `argv[0]` is the interpreter that renders this. `stop_seconds` is how long it may take to stop
    after SIGTERM. A one-shot process has no port; it ends before the others start.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    port: int | None
    one_shot: bool
    stop_seconds: int
    ready_path: str | None


def local_processes(
    outputs: Mapping[str, object], ports: PortSource, log_level: str = "info"
) -> tuple[LocalProcess, ...]:
    """Every process of the application, one-shot ones first.

    Adds to the environment that every place shares only the SDK's own address and credentials of
    the AWS API on loopback. Raises `MissingOutputError` where the stack is not up.
    """
    environment = {
        **application_environment(outputs, log_level, LogFormat.JSON),
        "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{ports.port(AWS_PORT_NAME)}",
        "AWS_ACCESS_KEY_ID": LOCAL_CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY": LOCAL_CREDENTIAL,
    }
    return tuple(
        _process(service, slot, environment, ports)
        for service in SERVICES
        for slot in slots(service, Place.LOCAL)
    )


def _process(
    service: Service, slot: str, environment: Mapping[str, str], ports: PortSource
) -> LocalProcess:
    port = None if service.port is None else ports.port(slot)
    listening = () if port is None else ("--port", str(port))
    return LocalProcess(
        name=slot,
        argv=(sys.executable, "-m", "app", *service.arguments, *listening),
        environment=dict(environment),
        port=port,
        one_shot=service.one_shot,
        stop_seconds=service.stop_seconds,
        ready_path=service.ready_path,
    )
