"""What has a new name, wherever the state speaks of it (`snapshot.go`, NormalizeURNReferences)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.state import STACK_TYPE, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable


def with_children(names: dict[str, str], resources: Iterable[Resource]) -> dict[str, str]:
    """The new names and those of children: a URN holds the types of its parents. Parents come
    before their children."""
    found = dict(names)
    for resource in resources:
        parent = found.get(resource.parent, "")
        kind = parent.split("::")[2] if parent else STACK_TYPE
        if kind != STACK_TYPE and resource.urn not in found:
            head, project, own, name = resource.urn.split("::", 3)
            urn = "::".join((head, project, f"{kind}${own.rpartition('$')[2]}", name))
            if urn != resource.urn:
                found[resource.urn] = urn
    return found


def renamed(resource: Resource, names: dict[str, str]) -> Resource:
    """The resource under the new names: itself, where none of them concerns it."""
    if not names or names.keys().isdisjoint((resource.urn, *resource.needs())):
        return resource

    def name(urn: str) -> str:
        return names.get(urn, urn)

    provider, colons, ident = resource.provider.rpartition("::")
    return resource.copy(
        urn=name(resource.urn),
        parent=name(resource.parent),
        provider=f"{name(provider)}{colons}{ident}",
        deletedWith=name(resource.deletedWith),
        dependencies=[name(urn) for urn in resource.dependencies],
        propertyDependencies={
            key: [name(urn) for urn in urns] for key, urns in resource.propertyDependencies.items()
        },
    )
