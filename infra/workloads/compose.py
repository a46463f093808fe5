"""The service model as a compose file: containers on one machine, behind nginx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import yaml

from infra.host.onmachine.places import CERTIFICATES, CHALLENGES
from infra.host.onmachine.places import EDGE as EDGE_FOLDER
from infra.host.onmachine.places import ENVIRONMENT_FILE as MACHINE_ENVIRONMENT
from infra.workloads.model import (
    APPLICATION_USER,
    HEALTH_RETRIES,
    HEALTH_SECONDS,
    HEALTH_START_SECONDS,
    HEALTH_TIMEOUT_SECONDS,
    MIGRATE,
    SERVICES,
    Place,
    Service,
    slots,
)

EDGE = "nginx"
EDGE_MEMORY_MIB = 128
EDGE_STOP_SECONDS = 15
EDGE_HTTP_PORT, EDGE_HTTPS_PORT = 8080, 8443  # inside the container, where nobody is root
PUBLISHED_HTTP_PORT, PUBLISHED_HTTPS_PORT = 80, 443
EDGE_PREFIX = "/run/edge"
EDGE_CONFIGURATION = f"{EDGE_FOLDER}/serving/nginx.conf"
ENVIRONMENT_FILE = "app.env"

FRONT_NETWORK, BACK_NETWORK = "gacp-front", "gacp-back"
# Addresses that only this machine sees; the upper half is the engine's to give out.
FRONT_RANGE = "172.29.240.0/24"
FIRST_ADDRESS = 16
CHECK_SOON_SECONDS = 5  # between two checks while a container starts (reference.md: readiness 5 s)

# What the exchange fills in for the one container that it starts.
REVISION, ADDRESS = "${GACP_REVISION:-}", "${GACP_ADDRESS:-}"

_USER = f"{APPLICATION_USER}:{APPLICATION_USER}"


@dataclass(frozen=True, slots=True)
class ComposeArgs:
    """Images by digest, and where logs go: without a log group they stay on the machine."""

    image: str
    edge_image: str
    region: str
    log_group: str = ""


def render_compose(args: ComposeArgs) -> str:
    """The compose file of profile `host`. It names no secret and no address of the data tier.

    The environment stands beside it in `ENVIRONMENT_FILE`, and in the machine's own file. Old and
    new containers are of two compose projects (infra/host/onmachine), so networks are of none.
    """
    document = {
        "name": "gacp",
        "services": compose_services(args),
        "networks": {
            "front": {"name": FRONT_NETWORK, "external": True},
            "back": {"name": BACK_NETWORK, "external": True},
        },
    }
    return yaml.safe_dump(document, sort_keys=False, width=100)


def compose_services(args: ComposeArgs) -> dict[str, dict[str, object]]:
    """Every container by its slot, in the order of the start."""
    services = {
        slot: _application(service, slot, args)
        for service in SERVICES
        for slot in slots(service, Place.HOST)
    }
    return {**services, EDGE: _edge(args)}


def front_addresses() -> dict[str, tuple[str, str]]:
    """Two addresses for each slot behind the edge: the old and the new container's.

    They are fixed, so that a container that starts again, or a machine, leaves nginx right.
    """
    network = IPv4Network(FRONT_RANGE)
    behind = [
        slot for service in SERVICES if service.behind_edge for slot in slots(service, Place.HOST)
    ]
    first = {slot: FIRST_ADDRESS + 2 * index for index, slot in enumerate(behind)}
    return {slot: (str(network[at]), str(network[at + 1])) for slot, at in first.items()}


def render_environment_file(environment: Mapping[str, str]) -> str:
    """Lines NAME=VALUE. Raises `ValueError` for a value that such a line can't hold."""
    for name, value in environment.items():
        if "\n" in value or "$" in value:
            raise ValueError(
                f"{name} holds a line break or a $, which a compose environment file would change"
            )
    return "".join(f"{name}={value}\n" for name, value in environment.items())


def _application(service: Service, slot: str, args: ComposeArgs) -> dict[str, object]:
    listening = (
        [] if service.port is None else ["--host", "0.0.0.0", "--port", str(service.port)]  # noqa: S104
    )
    container: dict[str, object] = {
        "image": args.image,
        "entrypoint": ["python", "-m", "app"],
        "command": [*service.arguments, *listening],
        "env_file": [ENVIRONMENT_FILE, MACHINE_ENVIRONMENT],
        "networks": {"front": {"ipv4_address": ADDRESS}, "back": {}}
        if service.behind_edge
        else {"back": {}},
        "tmpfs": [f"/tmp:size={service.scratch_mib}m,mode=1777"],  # noqa: S108 - the container's own
        "stop_grace_period": f"{service.stop_seconds}s",
        **_common(slot, service.memory_mib, service.cpus, args),
    }
    if service.one_shot:
        container["restart"] = "no"
        return container
    container["depends_on"] = {MIGRATE.name: {"condition": "service_completed_successfully"}}
    if service.port is not None and service.ready_path:
        container["healthcheck"] = _health(
            f"import urllib.request as r; r.urlopen('http://127.0.0.1:{service.port}"
            f"{service.ready_path}', timeout={HEALTH_TIMEOUT_SECONDS})"
        )
    return container


def _health(program: str) -> dict[str, object]:
    return {
        "test": ["CMD", "python", "-c", program],
        "interval": f"{HEALTH_SECONDS}s",
        "timeout": f"{HEALTH_TIMEOUT_SECONDS + 1}s",
        "retries": HEALTH_RETRIES,
        "start_period": f"{HEALTH_START_SECONDS}s",
        "start_interval": f"{CHECK_SOON_SECONDS}s",
    }


def _common(slot: str, memory_mib: int, cpus: float, args: ComposeArgs) -> dict[str, object]:
    """What holds for every container: unprivileged, read-only, limited, logged, started at boot."""
    return {
        "user": _USER,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "init": True,
        "restart": "always",
        "pids_limit": 256,
        "deploy": {"resources": {"limits": {"cpus": str(cpus), "memory": f"{memory_mib}M"}}},
        "labels": {"gacp.slot": slot, "gacp.revision": REVISION},
        "logging": _logging(slot, args),
    }


def _logging(slot: str, args: ComposeArgs) -> dict[str, object]:
    if not args.log_group:
        return {"driver": "local", "options": {"max-size": "20m", "max-file": "5"}}
    return {
        "driver": "awslogs",
        "options": {
            "awslogs-region": args.region,
            "awslogs-group": args.log_group,
            "awslogs-stream": slot,
            # A slow log service must not stop a request.
            "mode": "non-blocking",
            "max-buffer-size": "4m",
        },
    }


def _edge(args: ComposeArgs) -> dict[str, object]:
    waits = list(front_addresses())
    return {
        "image": args.edge_image,
        "entrypoint": ["nginx"],
        "command": [
            *("-p", f"{EDGE_PREFIX}/", "-c", EDGE_CONFIGURATION),
            *("-e", "stderr", "-g", "daemon off;"),
        ],
        "networks": ["front"],
        "ports": [
            f"{PUBLISHED_HTTP_PORT}:{EDGE_HTTP_PORT}",
            f"{PUBLISHED_HTTPS_PORT}:{EDGE_HTTPS_PORT}",
        ],
        # Folders, not files: what is in them is exchanged while nginx runs.
        "volumes": [f"{each}:{each}:ro" for each in (EDGE_FOLDER, CERTIFICATES, CHALLENGES)],
        "tmpfs": [f"{EDGE_PREFIX}:size=256m,mode=0700,uid={APPLICATION_USER}"],
        "stop_signal": "SIGQUIT",  # running requests end first
        "stop_grace_period": f"{EDGE_STOP_SECONDS}s",
        # What the exchange keeps too: nobody is sent where nobody answers.
        "depends_on": {slot: {"condition": "service_healthy"} for slot in waits},
        **_common(EDGE, EDGE_MEMORY_MIB, 0.5, args),
    }
