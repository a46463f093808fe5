"""Delete before replace: what can't outlive the resource that goes first. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.values import UNKNOWN, Properties

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from infra.local.engine.planner import Diff
    from infra.local.engine.state import Resource


def dependents_to_replace(
    olds: Sequence[Resource],
    root: Resource,
    diff: Callable[[Resource, Properties], Diff],
    settled: Collection[str] = (),
) -> list[tuple[Resource, list[str]]]:
    """Dependents that can't outlive `root`, with the inputs that say so, in the order of the
    state. `diff` asks the provider about inputs in which what comes from a deleted resource is
    unknown. What is `settled` (URNs) does not depend on it any more."""
    found: list[tuple[Resource, list[str]]] = []
    gone = {root.urn}
    after = olds[olds.index(root) + 1 :] if root in olds else []
    for resource in after:
        if resource.urn in settled or not resource.custom or resource.external:
            continue
        if resource.provider.rpartition("::")[0] in gone:
            found.append((resource, []))
            gone.add(resource.urn)
            continue
        touched = {
            key for key, urns in resource.propertyDependencies.items() if gone.intersection(urns)
        }
        if touched.isdisjoint(resource.inputs):
            continue
        inputs = {k: UNKNOWN if k in touched else v for k, v in resource.inputs.items()}
        answer = diff(resource, inputs)
        if answer.replace:
            found.append((resource, answer.replaces))
            gone.add(resource.urn)
    return found
