"""The facts of every type of the table, under the SDK's names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.aws import shapes
from infra.local.aws.provenance.constants import Constants
from infra.local.aws.provenance.facts import Facts, Reading
from infra.local.aws.provenance.schemas import Attribute, Source
from infra.local.aws.provenance.terraform import fields_of, sdk_name, terraform_type

_ASIDE = frozenset({"id", "timeouts", "tags", "tags_all", "region"})  # the same for every type


def facts_of_type(source: Source, token: str) -> dict[str, Any]:
    """`{"is", "at", "attributes": {path: facts}, "absent": [attributes that the SDK has not]}`."""
    terraform, service = terraform_type(token)
    name, literal, place = source.resource(terraform, service)
    reading = Reading(Constants(source))
    attributes = source.attributes(literal, place)
    inputs = shapes.declared_inputs(token)
    known = {**dict.fromkeys(shapes.declared_outputs(token), "*"), **inputs}
    absent: list[str] = []
    found = dict(_walk(token, reading, attributes, known, "", absent))
    paths = _paths(token, attributes, known, "", "")
    by_code = {_path(each, paths) for each in source.forced_by_code(literal, place)}
    for facts in found.values():
        for relation in ("conflicts", "needs", "exactlyOne", "atLeastOne"):
            if relation in facts:
                facts[relation] = sorted({_path(each, paths) for each in facts[relation]})
    return {
        "is": terraform,
        "at": f"internal/service/{service} {name}",
        "framework": literal.kind == "schema.Schema",
        "sometimes": sorted(by_code),
        "attributes": dict(sorted(found.items())),
        "absent": sorted(absent),
    }


def _walk(
    token: str,
    reading: Reading,
    attributes: dict[str, Attribute],
    known: dict[str, str],
    before: str,
    absent: list[str],
) -> Iterator[tuple[str, Facts]]:
    for name, attribute in attributes.items():
        if not before and name in _ASIDE:
            continue
        here = sdk_name(name, known, many=attribute.many())
        if here is None:
            absent.append(f"{before}{name}")
            continue
        shape, path = known[here].rstrip("!"), f"{before}{here}"
        yield path, reading.facts(attribute)
        if "*" in attribute.inside:
            element = reading.facts(attribute.inside["*"])
            if "rule" in element:
                yield f"{path}[*]", {"use": "element", "rule": element["rule"]}
        elif attribute.inside and "#" in shape:
            inner = f"{path}[*]." if shape[0] == "[" else f"{path}."
            fields = fields_of(token, shape)
            yield from _walk(token, reading, attribute.inside, fields, inner, absent)


def _paths(
    token: str, attributes: dict[str, Attribute], known: dict[str, str], before: str, dotted: str
) -> dict[str, str]:
    """Terraform's way of naming an attribute (`a.0.b`) → the SDK's path."""
    found: dict[str, str] = {}
    for name, attribute in attributes.items():
        here = sdk_name(name, known, many=attribute.many())
        if here is None:
            continue
        shape = known[here].rstrip("!")
        found[f"{dotted}{name}"] = f"{before}{here}"
        if attribute.inside and "#" in shape and "*" not in attribute.inside:
            inner = f"{before}{here}[*]." if shape[0] == "[" else f"{before}{here}."
            fields = fields_of(token, shape)
            found |= _paths(token, attribute.inside, fields, inner, f"{dotted}{name}.0.")
    return found


def _path(dotted: str, paths: dict[str, str]) -> str:
    return paths.get(dotted, f"?{dotted}")
