"""Delete before replace: what can't outlive the resource that goes first. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.values import UNKNOWN, Properties

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infra.local.engine.planner import Diff
    from infra.local.engine.state import Resource


def transitive_dependents(olds: Sequence[Resource], root: Resource) -> list[Resource]:
    """What depends on `root`, directly or not, in the order of the state. A parent is none."""
    found: list[Resource] = []
    urns = {root.urn}
    for resource in olds:
        if resource is root or resource.delete:
            continue
        needs = {*resource.dependencies, resource.provider.rpartition("::")[0]}
        needs.update(u for deps in resource.propertyDependencies.values() for u in deps)
        if needs & urns:
            found.append(resource)
            urns.add(resource.urn)
    return found


def dependents_to_replace(
    olds: Sequence[Resource], root: Resource, diff: Callable[[Resource, Properties], Diff]
) -> list[tuple[Resource, list[str]]]:
    """Dependents that can't outlive `root`, with the inputs that say so, in the order of the
    state. `diff` asks the provider about inputs in which what comes from a deleted resource is
    unknown."""
    found: list[tuple[Resource, list[str]]] = []
    gone = {root.urn}
    for resource in transitive_dependents(olds, root):
        if not resource.custom or resource.external:
            continue
        if resource.provider.rpartition("::")[0] in gone:
            found.append((resource, []))
            gone.add(resource.urn)
            continue
        inputs = {
            key: UNKNOWN if gone & set(resource.propertyDependencies.get(key, ())) else value
            for key, value in resource.inputs.items()
        }
        if not any(gone & set(urns) for urns in resource.propertyDependencies.values()):
            continue
        answer = diff(resource, inputs)
        if answer.replaces:
            found.append((resource, answer.replaces))
            gone.add(resource.urn)
    return found
