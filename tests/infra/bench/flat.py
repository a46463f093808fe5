"""The resources of a recorded graph as a program without components: what ours is compared with.

It is what somebody would have who wrote down each resource in turn, with its values as they are and
waiting for the resources that each property waits for.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi_aws

from tests.support.recording import Graph, Registered, Secret, load_sdk

HEAD = "import pulumi\nimport pulumi_aws as aws\n\n"


class NotFlatError(Exception):
    """A resource that no class of the SDK makes, or resources that wait for each other."""


def flat_program(graph: Graph) -> str:
    """The source of the program. Raises `NotFlatError`."""
    load_sdk()
    waiting = {each.urn: each for each in graph.custom}
    names: dict[str, str] = {}
    lines = [HEAD]
    while waiting:
        ready = [each for each in waiting.values() if not (_before(each) & waiting.keys())]
        if not ready:
            raise NotFlatError(f"{sorted(waiting)} wait for each other")
        for each in ready:
            del waiting[each.urn]
            names[each.urn] = f"r{len(names)}"
            lines.append(f"{names[each.urn]} = {_call(each, names)}\n")
    return "".join(lines)


def _before(each: Registered) -> set[str]:
    """URNs of what a resource waits for."""
    return {*each.depends_on, *(u for urns in each.property_dependencies.values() for u in urns)}


def _call(each: Registered, names: Mapping[str, str]) -> str:
    module, name = each.type.split(":")[1].split("/")[0], each.type.split(":")[2]
    takes = _arguments(module, name)
    given = []
    for key, value in each.inputs.items():
        text = _text(value)
        if behind := [names[u] for u in each.property_dependencies.get(key, ()) if u in names]:
            ids = ", ".join(f"{variable}.id" for variable in behind)
            text = f"pulumi.Output.all({ids}).apply(lambda _: {text})"
        snake = _snake(key)
        if snake not in takes:
            raise NotFlatError(f"{each.type} takes no {snake}")
        given.append(f"{snake}={text}")
    options = [f"protect={each.protect}"] if each.protect else []
    options += [f"ignore_changes={[_snake(k) for k in each.ignore_changes]}"] * bool(
        each.ignore_changes
    )
    opts = f", opts=pulumi.ResourceOptions({', '.join(options)})" if options else ""
    return f"aws.{module}.{name}({each.name!r}, {', '.join(given)}{opts})"


@cache
def _arguments(module: str, name: str) -> frozenset[str]:
    made = getattr(getattr(pulumi_aws, module), name, None)
    if made is None:
        raise NotFlatError(f"the SDK has no {module}.{name}")
    return frozenset(inspect.signature(made._internal_init).parameters)


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", key).lower()


def _text(value: Any) -> str:
    if isinstance(value, Secret):
        return f"pulumi.Output.secret({str.__str__(value)!r})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k!r}: {_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    return repr(value)
