"""What makes a state unusable, in the CLI's words (`pkg/resource/deploy/snapshot.go`). Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.local.engine.state import Resource


_MISSING, _LATER = 0, 1
_TEXTS = {
    "parent": (
        "child resource {urn} refers to missing parent {need}",
        "child resource {urn}'s parent {need} comes after it",
    ),
    "dependency": (
        "resource {urn}'s dependency {need} refers to missing resource",
        "resource {urn}'s dependency {need} comes after it",
    ),
    "property": (
        (
            "resource {urn}'s property dependency {need} (from property {key}) "
            "refers to missing resource"
        ),
        "resource {urn}'s property dependency {need} (from property {key}) comes after it",
    ),
    "deleted with": (
        "resource {urn} is specified as being deleted with {need}, which is missing",
        "resource {urn} is specified as being deleted with {need}, which comes after it",
    ),
}


def integrity_problems(resources: Sequence[Resource]) -> list[str]:
    """In the order of the state; what is needed must stand before what needs it."""
    problems: list[str] = []
    every = {resource.urn for resource in resources}
    seen: set[str] = set()
    providers = {""}
    for resource in resources:
        if not resource.custom and resource.id:
            problems.append(f"resource '{resource.urn}' has 'custom false but non-empty ID")
        if resource.is_provider:
            providers.add(resource.reference)
        if resource.provider not in providers and not resource.pendingReplacement:
            problems.append(
                f"resource {resource.urn} refers to unknown provider {resource.provider}"
            )
        for kind, need, key in _needs(resource):
            if need not in seen:
                text = _TEXTS[kind][_LATER if need in every else _MISSING]
                problems.append(text.format(urn=resource.urn, need=need, key=key))
        seen.add(resource.urn)
    return problems + _twice(resources)


def _needs(resource: Resource) -> Iterator[tuple[str, str, str]]:
    """(kind, URN, property) of all that a resource names."""
    if resource.parent:
        yield "parent", resource.parent, ""
    for need in resource.dependencies:
        yield "dependency", need, ""
    for key, needs in resource.propertyDependencies.items():
        for need in needs:
            yield "property", need, key
    if resource.deletedWith:
        yield "deleted with", resource.deletedWith, ""


def _twice(resources: Sequence[Resource]) -> list[str]:
    """Of those with one URN all but one must be on their way out."""
    alive = Counter(resource.urn for resource in resources if not resource.delete)
    return [
        f"duplicate resource {urn} (not marked for deletion)"
        for urn, count in alive.items()
        if count > 1
    ]
