"""Look-ups in a stack's resources: by type, and who names whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from infra.policy.model import UNKNOWN, Resource, revealed


class Graph:
    """Resources of one stack. `secrets_marked` is false where the source lost the marks."""

    def __init__(self, resources: Iterable[Resource], *, secrets_marked: bool = True) -> None:
        self.resources: tuple[Resource, ...] = tuple(resources)
        self.secrets_marked = secrets_marked
        self._by_urn = {each.urn: each for each in self.resources}
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._by_identity: dict[str, list[Resource]] = defaultdict(list)
        self._users: dict[tuple[str, str], dict[str, list[Resource]]] = {}
        for each in self.resources:
            self._by_type[each.type].append(each)
            for identity in each.identities:
                self._by_identity[identity].append(each)

    def of(self, *types: str) -> list[Resource]:
        """Resources of the types, in the graph's order."""
        return [each for type_ in types for each in self._by_type.get(type_, ())]

    def linked(self, resource: Resource, path: str, *types: str) -> list[Resource]:
        """Resources of the types that the value at `path` names.

        A known value names by id, ARN or name. An unknown one is told by the property's
        dependencies: it will be an output of one of them. So is one that may be the id of a
        dependency whose id the source doesn't tell.
        """
        return [each for each in self._named(resource, path) if each.type in types]

    def _named(self, resource: Resource, path: str) -> list[Resource]:
        found: dict[str, Resource] = {}
        for leaf in leaves(resource.get(path)):
            named: Iterable[Resource] = ()
            if leaf is UNKNOWN:
                named = self.behind(resource, path)
            elif isinstance(leaf, str):
                named = self._by_identity.get(leaf) or [
                    each for each in self.behind(resource, path) if not each.has_id
                ]
            found |= {each.urn: each for each in named}
        return list(found.values())

    def behind(self, resource: Resource, path: str) -> list[Resource]:
        """Resources of this graph that the property waits for."""
        urns = resource.dependencies.get(path.partition(".")[0], ())
        return [self._by_urn[urn] for urn in urns if urn in self._by_urn]

    def users(self, target: Resource, path: str, *types: str) -> list[Resource]:
        """Resources of the types whose value at `path` names the target."""
        found: list[Resource] = []
        for type_ in types:
            key = (type_, path)
            if key not in self._users:
                self._users[key] = self._named_by(type_, path)
            found += self._users[key].get(target.urn, [])
        return found

    def _named_by(self, type_: str, path: str) -> dict[str, list[Resource]]:
        named: dict[str, list[Resource]] = defaultdict(list)
        for user in self.of(type_):
            for target in self._named(user, path):
                named[target.urn].append(user)
        return named


def leaves(value: Any) -> Iterator[Any]:
    """Every value inside maps and lists; secrets give what is inside."""
    value = revealed(value)
    if isinstance(value, Mapping):
        for item in cast("Mapping[str, Any]", value).values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in cast("Sequence[Any]", value):
            yield from leaves(item)
    else:
        yield value
