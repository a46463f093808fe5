"""Single changes of a graph: what examples and mutants are made of."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from infra.policy.graph import Graph
from infra.policy.model import Resource

type Edit = Callable[[Graph], Graph]

_MISSING = object()


def short(resource: Resource) -> str:
    """`Type::name`, by which edits and exceptions call a resource of AWS."""
    aws = resource.type.startswith("aws:")
    return f"{resource.type.rpartition(':')[2] if aws else resource.type}::{resource.name}"


def only(graph: Graph, types: tuple[str, ...]) -> Graph:
    """The part of a graph with these types."""
    return Graph(each for each in graph.resources if each.type in types)


def put(target: str, path: str, value: Any) -> Edit:
    """Another value; a number in the path is a place in a list."""
    return _edit(target, lambda each: _changed(each, path, value))


def cut(target: str, path: str) -> Edit:
    """The value is not given."""
    return _edit(target, lambda each: _changed(each, path, _MISSING))


def option(target: str, **options: Any) -> Edit:
    return _edit(target, lambda each: replace(each, options=replace(each.options, **options)))


def drop(*targets: str) -> Edit:
    """The resources aren't there."""

    def edit(graph: Graph) -> Graph:
        left = [each for each in graph.resources if short(each) not in targets]
        assert len(left) < len(graph.resources), f"no {targets} in the graph"
        return Graph(left)

    return edit


def add(*resources: Resource) -> Edit:
    return lambda graph: Graph((*graph.resources, *resources))


def _edit(target: str, change: Callable[[Resource], Resource]) -> Edit:
    def edit(graph: Graph) -> Graph:
        assert any(short(each) == target for each in graph.resources), f"no {target} in the graph"
        return Graph(change(r) if short(r) == target else r for r in graph.resources)

    return edit


def _changed(resource: Resource, path: str, value: Any) -> Resource:
    properties = copy.deepcopy(dict(resource.properties))
    place: Any = properties
    *words, last = path.split(".")
    for word in words:
        place = place[int(word) if isinstance(place, list) else word]
    key: Any = int(last) if isinstance(place, list) else last
    if value is _MISSING:
        del place[key]
    else:
        place[key] = value
    # A value that is now written down waits for nobody.
    dependencies = dict(resource.dependencies)
    if "." not in path:
        dependencies.pop(path, None)
    return replace(resource, properties=properties, dependencies=dependencies)
