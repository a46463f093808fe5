"""The description of a release for the machine, from the models of workloads and edge."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from infra.edge.model import EdgeModel, Timeouts, Upstream
from infra.edge.nginx import server_line
from infra.host.onmachine import places
from infra.host.onmachine.release import (
    COLOURS,
    REVISION_DIGITS,
    EdgeSlot,
    Release,
    Slot,
)
from infra.workloads.compose import (
    BACK_NETWORK,
    EDGE,
    EDGE_PREFIX,
    EDGE_STOP_SECONDS,
    FRONT_NETWORK,
    FRONT_RANGE,
    PUBLISHED_HTTPS_PORT,
    ComposeArgs,
    compose_services,
    front_addresses,
)
from infra.workloads.model import (
    APPLICATION_USER,
    HEALTH_RETRIES,
    HEALTH_SECONDS,
    HEALTH_START_SECONDS,
    MIGRATE,
    SERVICES,
    Place,
    Service,
    slots,
)

# A check may fail while a container starts, then so often before it counts.
ANSWER_SECONDS = 20
LOAD_REQUESTS = 200
READY_SECONDS = HEALTH_START_SECONDS + HEALTH_RETRIES * HEALTH_SECONDS


@dataclass(frozen=True, slots=True)
class Naming:
    """Under which name the machine serves, who vouches for it and asks it how, and whether it is on
    AWS."""

    domain: str
    contact: str
    acme: bool
    proves_by_dns: bool
    own_server: bool


def describe(
    compose: ComposeArgs,
    edge: EdgeModel,
    environment: str,
    naming: Naming,
) -> Release:
    """`environment` is the text of the environment file that the containers are made with."""
    containers = compose_services(compose)
    running = [service for service in SERVICES if not service.one_shot]
    return Release(
        domain=naming.domain,
        contact=naming.contact,
        acme=naming.acme,
        proves_by_dns=naming.proves_by_dns,
        user=APPLICATION_USER,
        own_server=naming.own_server,
        registry=compose.image.partition("/")[0],
        images=(compose.image, compose.edge_image),
        front_network=FRONT_NETWORK,
        front_range=FRONT_RANGE,
        back_network=BACK_NETWORK,
        once=MIGRATE.name,
        slots=tuple(
            _slot(service, name, _digest(containers[name], environment))
            for service in running
            for name in slots(service, Place.HOST)
        ),
        edge=EdgeSlot(
            name=EDGE,
            revision=_digest(containers[EDGE], ""),
            stop_seconds=EDGE_STOP_SECONDS,
            folder=places.EDGE,
            prefix=EDGE_PREFIX,
            https_port=PUBLISHED_HTTPS_PORT,
            servers={
                str(upstream): server_line(edge, "{address}", _port(upstream))
                for upstream in Upstream
            },
        ),
        health_seconds=READY_SECONDS,
        drain_seconds=_longest_request(edge.timeouts),
        answer_seconds=ANSWER_SECONDS,
        load_requests=LOAD_REQUESTS,
    )


def _slot(service: Service, name: str, revision: str) -> Slot:
    if not service.behind_edge or service.port is None:
        return Slot(name, service.name, revision, service.stop_seconds)
    return Slot(
        name=name,
        service=service.name,
        revision=revision,
        stop_seconds=service.stop_seconds,
        upstream=service.name,
        port=service.port,
        addresses=dict(zip(COLOURS, front_addresses()[name], strict=True)),
    )


def _port(upstream: Upstream) -> int:
    """Of the service that stands behind the edge under the upstream's name."""
    ports = [each.port for each in SERVICES if each.behind_edge and each.name == str(upstream)]
    (port,) = [each for each in ports if each is not None]
    return port


def _longest_request(timeouts: Timeouts) -> int:
    """Streams are longer, and are cut off: their clients resume them elsewhere."""
    return timeouts.upstream_seconds


def _digest(container: dict[str, object], environment: str) -> str:
    whole = json.dumps([container, environment], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:REVISION_DIGITS]
