"""The controls, a module a room: the rows of Table A, and those beyond it."""

from __future__ import annotations

from types import ModuleType

from infra.policy.controls import (
    alerts,
    backup,
    balancer,
    beyond,
    boundaries,
    cluster,
    database,
    distribution,
    groups,
    identity,
    keys,
    logs,
    machines,
    network,
    nodes,
    pipeline,
    redis,
    redis_access,
    registry,
    releases,
    retention,
    secrets,
    storage,
    tags,
    watching,
    web_filter,
)
from infra.policy.model import Control


def _controls_of(module: ModuleType) -> list[Control]:
    return [each for each in vars(module).values() if isinstance(each, Control)]


_MODULES = (
    *(cluster, nodes, machines, network, groups, balancer, database, redis),
    *(redis_access, storage, retention, keys, secrets, identity, logs, registry, backup, tags),
    *(alerts, beyond, watching, distribution, web_filter, boundaries, pipeline, releases),
)

CONTROLS: tuple[Control, ...] = tuple(
    sorted((each for module in _MODULES for each in _controls_of(module)), key=lambda c: c.id)
)
# A01..A60 are the checklist's rows; what it has no row for is apart (B01..).
TABLE_A: tuple[Control, ...] = tuple(each for each in CONTROLS if each.id.startswith("A"))
BEYOND: tuple[Control, ...] = tuple(each for each in CONTROLS if each not in TABLE_A)
