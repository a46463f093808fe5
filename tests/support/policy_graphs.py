"""Recorded programs as the graphs that controls read, and the reverse of knowing: previews."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from infra.config.choices import Environment
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Options, Profile, Resource, Secret
from infra.policy.values import identities_of, plain_properties
from tests.support import recording
from tests.support.outputs import computed_outputs

TODAY = date(2026, 11, 25)


def profile(environment: str = "prod", compute: str = "host", **more: Any) -> Profile:
    return Profile(
        Environment(environment),
        compute,
        more.get("region", "ap-southeast-1"),
        more.get("today", TODAY),
    )


def graph_of_recording(recorded: recording.Graph) -> Graph:
    """What the strict monitor recorded, as controls read it. In a dry run nothing is identified."""
    return Graph(
        _resource(each, computed_outputs(each.type, each.name, each.inputs) if each.custom else {})
        for each in recorded.resources
    )


def plainly(each: recording.Registered) -> Resource:
    """What the program gave, with nothing that AWS would say."""
    return _resource(each, {})


def _resource(each: recording.Registered, computed: dict[str, Any]) -> Resource:
    inputs = plain_properties(_marked(each.inputs))
    return Resource(
        urn=each.urn,
        type=each.type,
        name=each.name,
        properties=inputs,
        identities=identities_of(inputs, computed),
        options=Options(protect=each.protect),
        dependencies=each.property_dependencies,
    )


def _marked(value: Any) -> Any:
    if isinstance(value, recording.Secret):
        return Secret(str(value))
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in value.items()}
    return [_marked(item) for item in value] if isinstance(value, list) else value


def as_preview(graph: Graph) -> Graph:
    """The same stack before it exists: nothing that names another resource is known.

    A value becomes unknown where it is an id, an ARN or a text with one in it, and its property
    waits for that resource, as the SDK records it.
    """
    computed: dict[str, list[Resource]] = defaultdict(list)
    for each in graph.resources:
        for identity in each.identities:
            if identity.startswith(("arn:", f"{each.name}-id")):
                computed[identity].append(each)
    return Graph(_unknown(each, computed) for each in graph.resources)


def _unknown(resource: Resource, computed: dict[str, list[Resource]]) -> Resource:
    properties: dict[str, Any] = {}
    dependencies = dict(resource.dependencies)
    for key, value in resource.properties.items():
        behind: set[str] = set()
        properties[key] = _hidden(value, computed, behind, resource.urn)
        if behind:
            dependencies[key] = tuple(sorted({*dependencies.get(key, ()), *behind}))
    return replace(
        resource,
        properties=properties,
        dependencies=dependencies,
        identities=frozenset(i for i in resource.identities if i not in computed),
    )


def _hidden(value: Any, computed: dict[str, list[Resource]], behind: set[str], own: str) -> Any:
    if isinstance(value, dict):
        return {key: _hidden(item, computed, behind, own) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item, computed, behind, own) for item in value]
    if not isinstance(value, str):
        return value
    found = [each for identity, there in computed.items() if identity in value for each in there]
    named = [each for each in found if each.urn != own]
    behind |= {each.urn for each in named}
    return UNKNOWN if named else value
