"""What runs: every service once, as frozen data. Compose, processes and charts are renderings.

Figures come from reference.md ("Limits, time limits, pools") unless a comment says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

APPLICATION_USER = 1001  # the image's user and group; nothing runs as root
HEALTH_SECONDS = 30  # between two checks of a container
HEALTH_TIMEOUT_SECONDS = 5
HEALTH_RETRIES = 3
HEALTH_START_SECONDS = 60  # connecting to every dependency, index builds included


class Place(StrEnum):
    """Where replicas are counted for. It says nothing about sizes."""

    LOCAL = "local"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Replicas:
    local: int
    host: int

    def at(self, place: Place) -> int:
        return self.local if place is Place.LOCAL else self.host


@dataclass(frozen=True, slots=True)
class Service:
    """One role of the application's image.

    `arguments` follow `python -m app`; a service that listens also gets `--port PORT`.
    `stop_seconds` is how long it may take to finish or give back what it holds.
    `memory_mib` and `cpus` are limits. `scratch_mib` is a writable /tmp in memory: the rest of the
    file system is read-only.
    """

    name: str
    arguments: tuple[str, ...]
    replicas: Replicas
    stop_seconds: int
    memory_mib: int
    cpus: float
    port: int | None = None
    ready_path: str | None = None
    live_path: str | None = None
    one_shot: bool = False
    behind_edge: bool = False
    scratch_mib: int = 64


API = Service(
    name="api",
    arguments=("serve", "--role", "api"),
    replicas=Replicas(local=2, host=2),
    port=8000,
    ready_path="/readyz",
    live_path="/livez",
    stop_seconds=10,  # 5 s of draining (G8), and as much again for the process to leave
    memory_mib=640,
    cpus=1.0,
    behind_edge=True,
    scratch_mib=256,  # uploads of 10 MB are spooled
)
PORTAL = Service(
    name="portal",
    arguments=("serve", "--role", "portal"),
    replicas=Replicas(local=1, host=2),
    port=8100,
    ready_path="/readyz",
    live_path="/livez",
    stop_seconds=10,
    memory_mib=384,
    cpus=0.5,
    behind_edge=True,
)
WORKER = Service(
    name="worker",
    arguments=("worker",),
    replicas=Replicas(local=1, host=1),
    port=8200,
    ready_path="/readyz",
    live_path="/livez",
    stop_seconds=60,
    memory_mib=768,
    cpus=1.0,
    scratch_mib=256,
)
MIGRATE = Service(
    name="migrate",
    arguments=("migrate",),
    replicas=Replicas(local=1, host=1),
    stop_seconds=60,
    memory_mib=384,
    cpus=0.5,
    one_shot=True,
)

# Those that the others wait for come first.
SERVICES: tuple[Service, ...] = (MIGRATE, API, PORTAL, WORKER)


def slots(service: Service, place: Place) -> tuple[str, ...]:
    """Names of a service's replicas, such as `api-0`: a one-shot service has its own name alone."""
    if service.one_shot:
        return (service.name,)
    return tuple(f"{service.name}-{index}" for index in range(service.replicas.at(place)))
