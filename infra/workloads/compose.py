"""The service model as a compose file: containers on one machine, behind nginx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

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

EDGE_MEMORY_MIB = 128
EDGE_HTTP_PORT, EDGE_HTTPS_PORT = 8080, 8443  # inside the container, where nobody is root
EDGE_PREFIX = "/run/edge"
EDGE_CONFIGURATION = "/etc/gacp/nginx.conf"
ENVIRONMENT_FILE = "app.env"

# Folders of the machine that nginx reads.
CERTIFICATES = "/etc/gacp/tls"
CHALLENGES = "/var/lib/gacp/acme"

_USER = f"{APPLICATION_USER}:{APPLICATION_USER}"


@dataclass(frozen=True, slots=True)
class ComposeArgs:
    """Images by digest, and where logs go."""

    image: str
    edge_image: str
    region: str
    log_group: str


def render_compose(args: ComposeArgs) -> str:
    """The compose file of profile `host`. It names no secret and no address of the data tier.

    The environment stands beside it in `ENVIRONMENT_FILE`.
    """
    services = {
        slot: _application(service, slot, args)
        for service in SERVICES
        for slot in slots(service, Place.HOST)
    }
    services["nginx"] = _edge(args)
    document = {
        "name": "gacp",
        "services": services,
        "networks": {"front": {}, "back": {}},
    }
    return yaml.safe_dump(document, sort_keys=False, width=100)


def render_environment_file(environment: Mapping[str, str]) -> str:
    """Lines NAME=VALUE. Raises `ValueError` for a value that such a line can't hold."""
    for name, value in environment.items():
        if "\n" in value or "$" in value:
            raise ValueError(
                f"{name} holds a line break or a $, which a compose environment file would change"
            )
    return "".join(f"{name}={value}\n" for name, value in environment.items())


def edge_upstreams() -> dict[str, list[tuple[str, int]]]:
    """Where nginx finds the services that stand behind it: containers by name."""
    return {
        service.name: [(slot, service.port) for slot in slots(service, Place.HOST)]
        for service in SERVICES
        if service.behind_edge and service.port is not None
    }


def _application(service: Service, slot: str, args: ComposeArgs) -> dict[str, object]:
    listening = (
        [] if service.port is None else ["--host", "0.0.0.0", "--port", str(service.port)]  # noqa: S104
    )
    container: dict[str, object] = {
        "image": args.image,
        "entrypoint": ["python", "-m", "app"],
        "command": [*service.arguments, *listening],
        "env_file": [ENVIRONMENT_FILE],
        "networks": ["front", "back"] if service.behind_edge else ["back"],
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
        "logging": {
            "driver": "awslogs",
            "options": {
                "awslogs-region": args.region,
                "awslogs-group": args.log_group,
                "awslogs-stream": slot,
                # A slow log service must not stop a request.
                "mode": "non-blocking",
                "max-buffer-size": "4m",
            },
        },
    }


def _edge(args: ComposeArgs) -> dict[str, object]:
    waits = [slot for servers in edge_upstreams().values() for slot, _ in servers]
    return {
        "image": args.edge_image,
        "entrypoint": ["nginx"],
        "command": [
            *("-p", f"{EDGE_PREFIX}/", "-c", EDGE_CONFIGURATION),
            *("-e", "stderr", "-g", "daemon off;"),
        ],
        "networks": ["front"],
        "ports": [f"80:{EDGE_HTTP_PORT}", f"443:{EDGE_HTTPS_PORT}"],
        "volumes": [
            f"./nginx.conf:{EDGE_CONFIGURATION}:ro",
            f"{CERTIFICATES}:{CERTIFICATES}:ro",
            f"{CHALLENGES}:{CHALLENGES}:ro",
        ],
        "tmpfs": [f"{EDGE_PREFIX}:size=256m,mode=0700,uid={APPLICATION_USER}"],
        "stop_signal": "SIGQUIT",  # running requests end first
        "stop_grace_period": "15s",
        # nginx looks its upstreams' names up once, at the start.
        "depends_on": {slot: {"condition": "service_healthy"} for slot in waits},
        **_common("nginx", EDGE_MEMORY_MIB, 0.5, args),
    }
