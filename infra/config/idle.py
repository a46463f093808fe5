"""Keys that mean nothing beside what else a stack says: given all the same, they are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from infra.config.choices import DatabaseKind
from infra.config.errors import Problem
from infra.config.keys import leaves
from infra.config.settings import Settings, StackConfig

_OF_A_VPC_OF_ONES_OWN = ("network.cidr", "network.nat", "network.flowLogs")
_OF_DOCUMENTDB = (
    *("database.instanceClass", "database.instances", "database.engineVersion"),
    *("database.masterUser", "database.audit", "database.backupDays"),
)


def idle_keys(settings: Settings) -> dict[str, str]:
    """Full key to why nobody reads it in this stack."""
    stack, found = settings.stack, dict[str, str]()
    adopt = stack.network.adopt
    if adopt.vpc_id:
        why = f"is for a VPC of the stack's own, and {adopt.vpc_id} is adopted"
        found |= {f"gacp:{key}": why for key in _OF_A_VPC_OF_ONES_OWN}
    else:
        why = "is read only where gacp:network.adopt.vpcId is given"
        found |= {key: why for key in _below("gacp:network.adopt.") if not key.endswith("vpcId")}
    if stack.database.kind is DatabaseKind.EXTERNAL:
        why = "is DocumentDB's, and gacp:database.kind is external"
        found |= {f"gacp:{key}": why for key in _OF_DOCUMENTDB}
        if stack.database.external.srv:
            found["gacp:database.external.port"] = (
                "is told by DNS where gacp:database.external.srv is true"
            )
    else:
        why = "is read only where gacp:database.kind is external"
        found |= dict.fromkeys(_below("gacp:database.external."), why)
    return found


def given_in_vain(settings: Settings, given: Mapping[str, object]) -> Iterator[Problem]:
    """Idle keys that the stack file gives all the same; `given` is its namespace `gacp`."""
    for key, why in idle_keys(settings).items():
        value = _at(given, key)
        if value is not None:
            yield Problem(key, value, why, "take it out")


def _below(prefix: str) -> list[str]:
    return [key for key, _, _ in leaves(StackConfig, "gacp:") if key.startswith(prefix)]


def _at(given: Mapping[str, object], key: str) -> object:
    node: Any = given
    for part in key.removeprefix("gacp:").split("."):
        node = cast("Mapping[str, object]", node).get(part) if isinstance(node, Mapping) else None
    return node
