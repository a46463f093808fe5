"""The graph of an exported state (`pulumi stack export`, deployment version 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from infra.config.choices import Environment
from infra.policy.graph import Graph
from infra.policy.model import Profile
from infra.policy.values import plain_properties, resource_of

STACK = "pulumi:pulumi:Stack"
VERSION = 3


class StateError(ValueError):
    """The document is no state that can be read; the text says what is wrong and what to do."""


def graph_of_state(document: object) -> Graph:
    """Resources of an export as they were last asked for. Raises `StateError`."""
    return Graph(found for entry in _entries(document) if (found := resource_of(entry)) is not None)


def profile_of_state(document: object, today: date) -> Profile:
    """The profile that the stack's own outputs name. Raises `StateError`."""
    roots = [entry for entry in _entries(document) if entry.get("type") == STACK]
    outputs = plain_properties(roots[0].get("outputs") or {}) if roots else {}
    given = outputs.get("environment")
    try:
        environment = Environment(str(given))
    except ValueError as error:
        known = ", ".join(Environment)
        raise StateError(
            f"the state's output environment is {given!r}: it must be one of {known}; name the "
            "stack (`gacp policy check STACK --state FILE`) to judge it by that stack's file"
        ) from error
    region, compute = outputs.get("region"), outputs.get("computeProfile")
    return Profile(environment, str(compute or ""), str(region or ""), today)


def _entries(document: object) -> Sequence[Mapping[str, Any]]:
    way = "`pulumi stack export --file FILE` writes one"
    if not isinstance(document, Mapping):
        raise StateError(f"this is no export of a stack: it must be an object; {way}")
    given = cast("Mapping[str, Any]", document)
    version, deployment = given.get("version"), given.get("deployment")
    if version != VERSION or not isinstance(deployment, Mapping):
        raise StateError(
            f"this is no export of a stack: its version is {version!r} and must be {VERSION}, "
            f"with a deployment; {way}"
        )
    listed: Any = cast("Mapping[str, Any]", deployment).get("resources") or []
    if not isinstance(listed, list) or not all(
        isinstance(each, Mapping) and "urn" in each and "type" in each
        for each in cast("list[Any]", listed)
    ):
        raise StateError(f"the export's resources must each have a urn and a type; {way}")
    return cast("list[Mapping[str, Any]]", listed)
