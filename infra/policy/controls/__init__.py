"""The controls, a module a room."""

from __future__ import annotations

from types import ModuleType

from infra.policy.controls import (
    backup,
    balancer,
    cluster,
    database,
    groups,
    identity,
    keys,
    logs,
    machines,
    network,
    nodes,
    redis,
    redis_access,
    registry,
    retention,
    secrets,
    storage,
    tags,
)
from infra.policy.model import Control


def _controls_of(module: ModuleType) -> list[Control]:
    return [each for each in vars(module).values() if isinstance(each, Control)]


_MODULES = (
    *(cluster, nodes, machines, network, groups, balancer, database, redis),
    *(redis_access, storage, retention, keys, secrets, identity, logs, registry, backup, tags),
)

CONTROLS: tuple[Control, ...] = tuple(
    sorted((each for module in _MODULES for each in _controls_of(module)), key=lambda c: c.id)
)
