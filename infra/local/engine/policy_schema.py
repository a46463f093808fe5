"""Checks a policy's configuration against the schema that its pack declares.

The rules are JSON Schema's (draft 7, the part that can describe options of a policy), the texts
those of the CLI's checker (gojsonschema), so that both say the same of the same mistake.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from infra.local.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

type Schema = dict[str, Any]
type Rule = Callable[[Any, Any, Schema, str], Iterator[tuple[str, str]]]

_SILENT = {
    "$comment", "$id", "$schema", "default", "description", "examples", "format", "title",
}  # fmt: skip


def problems(schema: Schema, value: Any) -> list[str]:
    """`field: what is wrong`, in the order of the fields. Raises EngineError for a keyword that
    is not known: a rule that is not checked must not pass for one that holds."""
    found = sorted(_check(schema, value, ""))
    return [f"{field}: {text}" if field else text for field, text in found]


def _check(schema: Schema, value: Any, field: str) -> Iterator[tuple[str, str]]:
    for word, argument in schema.items():
        if word in _SILENT:
            continue
        if word not in _RULES:
            raise EngineError(
                f"the schema of {field or 'the configuration'} uses {word!r}, which the local "
                f"engine does not know: use one of {', '.join(sorted(_RULES))}"
            )
        yield from _RULES[word](argument, value, schema, field)


def kind_of(value: Any) -> str:
    """JSON's name of the value's type; a whole number is an `integer`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if float(value).is_integer() else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _type(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
    allowed: list[str] = want if isinstance(want, list) else [want]
    kind = kind_of(value)
    if kind in allowed or (kind == "integer" and "number" in allowed):
        return
    expected = "/".join(allowed)
    yield field, f"Invalid type. Expected: {expected}, given: {kind}"


def _enum(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
    if value not in want:
        shown = ", ".join(json.dumps(item, ensure_ascii=False) for item in want)
        yield field, f"{field} must be one of the following: {shown}"


def _const(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
    if value != want:
        yield field, f"{field} does not match: {json.dumps(want, ensure_ascii=False)}"


def _below(field: str, key: str | int) -> str:
    return f"{field}.{key}" if field else str(key)


def _properties(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, schema in want.items():
            if key in value:
                yield from _check(schema, value[key], _below(field, key))


def _required(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key in want:
            if key not in value:
                yield field, f"{key} is required"


def _additional(want: Any, value: Any, schema: Schema, field: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        return
    for key in value:
        if key in schema.get("properties", {}):
            continue
        if isinstance(want, dict):
            yield from _check(want, value[key], _below(field, key))
        elif not want:
            yield field, f"Additional property {key} is not allowed"


def _items(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _check(want, item, _below(field, index))


def _unique(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
    if want and isinstance(value, list):
        for index, item in enumerate(value):
            if item in value[:index]:
                yield field, f"array items[{value.index(item)},{index}] must be unique"


def _pattern(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and not re.search(want, value):
        yield field, f"Does not match pattern '{want}'"


def _limit(
    kinds: tuple[str, ...], holds: Callable[[Any, Any], bool], text: str
) -> Callable[[Any, Any, Schema, str], Iterator[tuple[str, str]]]:
    """A rule about a number, or about a length where the value has one."""

    def rule(want: Any, value: Any, _: Schema, field: str) -> Iterator[tuple[str, str]]:
        if kind_of(value) in kinds:
            measured = value if isinstance(value, (int, float)) else len(value)
            if not holds(measured, want):
                yield field, text.format(want)

    return rule


_NUMBER = ("integer", "number")
_RULES: dict[str, Rule] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "items": _items,
    "uniqueItems": _unique,
    "pattern": _pattern,
    "minimum": _limit(_NUMBER, lambda v, w: v >= w, "Must be greater than or equal to {}"),
    "maximum": _limit(_NUMBER, lambda v, w: v <= w, "Must be less than or equal to {}"),
    "exclusiveMinimum": _limit(_NUMBER, lambda v, w: v > w, "Must be greater than {}"),
    "exclusiveMaximum": _limit(_NUMBER, lambda v, w: v < w, "Must be less than {}"),
    "multipleOf": _limit(_NUMBER, lambda v, w: v % w == 0, "Must be a multiple of {}"),
    "minLength": _limit(
        ("string",), lambda v, w: v >= w, "String length must be greater than or equal to {}"
    ),
    "maxLength": _limit(
        ("string",), lambda v, w: v <= w, "String length must be less than or equal to {}"
    ),
    "minItems": _limit(("array",), lambda v, w: v >= w, "Array must have at least {} items"),
    "maxItems": _limit(("array",), lambda v, w: v <= w, "Array must have at most {} items"),
}
