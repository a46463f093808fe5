"""What the provider for AWS says of each type (`data/provider.json`, frozen from its source).

`python -m infra.local.aws verify-sources GIT_DIR --write` makes the file; `provenance/` reads the
source, `provenance/facts.py` says what facts there are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.aws.codec import SIGNATURE, Properties, at

# Defaults that pulumi-aws replaces (its `provider/resources.go`; the SDK's docstrings name them).
PULUMI_DEFAULTS: Mapping[str, str] = {"Managed by Terraform": "Managed by Pulumi"}

FILE = Path(__file__).parent / "data/provider.json"

type Facts = Mapping[str, Any]


@cache
def provided() -> Mapping[str, Any]:
    """The whole file: where the facts are from, and the types."""
    return json.loads(FILE.read_text("utf-8"))


def attributes(token: str) -> Mapping[str, Facts]:
    """Facts by path (`rules[*].filter.prefix`); none for a type without a row."""
    found: Mapping[str, Any] = provided()["types"].get(token, {})
    return found.get("attributes", {})


def source_of(token: str, path: str) -> str:
    """Where a fact stands, for a message."""
    where = provided()["types"][token]["at"]
    return f"terraform-provider-aws {provided()['version']} {where}, {path}"


@cache
def sets(token: str) -> frozenset[str]:
    """Paths without indices at which a list has no order (Terraform's sets)."""
    found = (path for path, facts in attributes(token).items() if facts.get("set"))
    return frozenset(re.sub(r"\[\*\]", "", path) for path in found)


@cache
def replaces_at(token: str, path: str) -> bool:
    """Whether the schema makes a change at this path (`[*]` for any index) a reason to replace.

    A block that comes or goes replaces if anything inside it does.
    """
    known = attributes(token)
    block = path.removesuffix("[*]")
    if any(known.get(each, {}).get("forceNew") for each in (path, block)):
        return True  # an element's is its list's (the plugin SDK, schema.go: diffList, diffSet)
    inside = (f"{block}.", f"{block}[*].")
    if any(key.startswith(inside) and each.get("forceNew") for key, each in known.items()):
        return True
    outer, _, last = path.rpartition(".")
    # A key of a map, or a part of what the schema keeps as one, is as its whole is.
    return bool(outer and last) and block not in known and replaces_at(token, outer)


@cache
def defaults(token: str) -> Mapping[str, Any]:
    """Defaults of inputs: path → value. The plugin framework keeps its own until AWS answers."""
    if provided()["types"].get(token, {}).get("framework"):
        return {}
    return {
        path: PULUMI_DEFAULTS.get(str(facts["default"]), facts["default"])
        for path, facts in attributes(token).items()
        if "default" in facts and facts["use"] != "computed"
    }


def with_defaults(token: str, inputs: Properties) -> Properties:
    """Inputs with the defaults of what is left out, in blocks too; none beside what excludes it."""
    filled = dict(inputs)
    for path, value in defaults(token).items():
        rivals = attributes(token)[path]
        excluded = [*rivals.get("conflicts", ()), *rivals.get("exactlyOne", ())]
        if not any(at(filled, other) for other in excluded if other != path):
            filled = _filled(filled, re.split(r"\.", path), value)
    return filled


def _filled(inside: Any, steps: list[str], value: Any) -> Any:
    name, listed = steps[0].removesuffix("[*]"), steps[0].endswith("[*]")
    if not isinstance(inside, dict) or SIGNATURE in inside:
        return inside
    if len(steps) == 1:
        return inside if inside.get(name) is not None else {**inside, name: value}
    found = inside.get(name)
    if listed and isinstance(found, list):
        return {**inside, name: [_filled(each, steps[1:], value) for each in found]}
    return {**inside, name: _filled(found, steps[1:], value)} if isinstance(found, dict) else inside
