"""Checks a policy's configuration against the schema that its pack declares.

The rules are JSON Schema's (draft 7), checked by `jsonschema`; the texts are those of the CLI's
checker (gojsonschema), so that both say the same of the same mistake.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.local.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

type Schema = dict[str, Any]

_TEXTS = {
    "anyOf": "Must validate at least one schema (anyOf)",
    "const": "{field} does not match: {want}",
    "exclusiveMaximum": "Must be less than {want}",
    "exclusiveMinimum": "Must be greater than {want}",
    "format": "Does not match format {want}",
    "maximum": "Must be less than or equal to {want}",
    "maxItems": "Array must have at most {want} items",
    "maxLength": "String length must be less than or equal to {want}",
    "minimum": "Must be greater than or equal to {want}",
    "minItems": "Array must have at least {want} items",
    "minLength": "String length must be greater than or equal to {want}",
    "multipleOf": "Must be a multiple of {want}",
    "not": "Must not validate the schema (not)",
    "oneOf": "Must validate one and only one schema (oneOf)",
    "pattern": "Does not match pattern '{text}'",
}
"""Of rules that are neither here nor in `_said`, jsonschema says what is wrong."""


def problems(schema: Schema, value: Any) -> list[str]:
    """`field: what is wrong`, in the order of the fields. Raises EngineError for a schema that is
    none, or has a keyword that is not known: a rule that is not checked must not pass for one
    that holds."""
    # 0.15 s, for packs with a schema alone.
    from jsonschema import Draft7Validator

    _must_be_known(schema)
    checker = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
    found = {
        (".".join(str(part) for part in error.absolute_path), text)
        for error in checker.iter_errors(value)
        for text in _said(error)
    }
    return [f"{field}: {text}" if field else text for field, text in sorted(found)]


def _must_be_known(schema: Schema) -> None:
    from jsonschema import Draft7Validator

    meta: Any = Draft7Validator.META_SCHEMA
    known = meta["properties"]
    # Its rule for one schema holds for every schema inside, too.
    strict = Draft7Validator({**meta, "additionalProperties": False})
    for outer in strict.iter_errors(schema):
        error: Any = _innermost(outer)
        field = ".".join(str(part) for part in error.absolute_path if part != "properties")
        where = f"the schema of {field or 'the configuration'}"
        if error.validator != "additionalProperties":
            raise EngineError(f"{where} is no JSON schema (draft 7): {error.message}")
        word = next(word for word in error.instance if word not in known)
        raise EngineError(
            f"{where} uses {word!r}, which the local engine does not know: use one of "
            f"{', '.join(sorted(known))}"
        )


def _innermost(error: Any) -> Any:
    """Where a schema or a list of schemas may stand, the error that lies deepest is the cause."""
    deeper = sorted(error.context or (), key=lambda one: len(one.absolute_path))
    return _innermost(deeper[-1]) if deeper else error


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


def _said(error: Any) -> Iterator[str]:
    """Of a ValidationError: jsonschema tells of several keys at once, the CLI of each."""
    value, want, rule = error.instance, error.validator_value, error.validator
    field = ".".join(str(part) for part in error.absolute_path)
    if rule == "required":
        yield from (f"{key} is required" for key in want if key not in value)
    elif rule == "additionalProperties" and "patternProperties" not in error.schema:
        declared = error.schema.get("properties", {})
        yield from (
            f"Additional property {key} is not allowed" for key in value if key not in declared
        )
    elif rule == "uniqueItems":
        again = next(i for i, item in enumerate(value) if item in value[:i])
        yield f"array items[{value.index(value[again])},{again}] must be unique"
    elif rule == "type":
        expected = want if isinstance(want, str) else "/".join(want)
        yield f"Invalid type. Expected: {expected}, given: {kind_of(value)}"
    elif rule == "enum":
        yield f"{field} must be one of the following: {', '.join(map(_json, want))}"
    elif rule in _TEXTS:
        yield _TEXTS[rule].format(field=field, want=_json(want), text=want)
    else:
        yield error.message


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
