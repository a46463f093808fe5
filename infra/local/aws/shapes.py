"""Inputs against what the SDK's classes declare: required, known, and of the right kind."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.aws.codec import (
    SIGNATURE,
    UNKNOWN,
    Properties,
    Value,
    has_secret,
    has_unknown,
    is_secret,
    plain,
    secret,
)
from infra.local.aws.spec import Failure

SOURCE = "pulumi-aws 7.51.1 schema"
_KINDS = {
    "s": "a string",
    "j": "a JSON text or object",
    "i": "a whole number",
    "n": "a number",
    "b": "true or false",
}


@cache
def schema() -> dict[str, Any]:
    """The frozen schema (`freeze.py` writes it)."""
    return json.loads((Path(__file__).parent / "data/schema.json").read_text("utf-8"))


def _declared(token: str) -> dict[str, Any]:
    """What is frozen of a type; nothing of one that is recorded without checks."""
    return schema()["types"].get(token, {"in": {}, "out": [], "secret": []})


def declared_inputs(token: str) -> dict[str, str]:
    return _declared(token)["in"]


def declared_outputs(token: str) -> list[str]:
    """Properties that are outputs only."""
    return _declared(token)["out"]


def secret_outputs(token: str) -> list[str]:
    return _declared(token)["secret"]


def is_write_only(name: str) -> bool:
    """AWS takes the value and nobody gets it back: `masterPasswordWo`, `passwordsWo`,
    `secretStringWo`.
    """
    return name.endswith("Wo")


def coerced(token: str, inputs: Properties) -> Properties:
    """Inputs with scalars of the declared kind: a number given for a string, "true" for true (as
    Terraform does), a policy's object as JSON text (as pulumi-aws does: TransformJSONDocument).

    None is dropped: it means that the input is left out.
    """
    service = token.split(":")[1].split("/")[0]
    return _coerce_object(service, declared_inputs(token), inputs)


def failures(token: str, inputs: Properties) -> Iterator[Failure]:
    """What does not fit the declared shapes; `inputs` have no secret marks."""
    service = token.split(":")[1].split("/")[0]
    yield from _object_failures(service, declared_inputs(token), inputs, "")


def _coerce_object(service: str, fields: dict[str, str], value: Properties) -> Properties:
    return {
        key: _coerce(service, fields.get(key, "*").rstrip("!"), item)
        for key, item in value.items()
        if item is not None
    }


def _coerce(service: str, shape: str, value: Value) -> Value:
    if is_secret(value):
        return {**value, "value": _coerce(service, shape, value["value"])}
    if isinstance(value, dict) and SIGNATURE in value:
        return value
    match shape[0]:
        case "#" if isinstance(value, dict):
            return _coerce_object(service, schema()["objects"][f"{service}.{shape[1:]}"], value)
        case "[" if isinstance(value, list):
            return [_coerce(service, shape[1:-1], item) for item in value]
        case "{" if isinstance(value, dict):
            return {key: _coerce(service, shape[1:-1], item) for key, item in value.items()}
        case "j" if isinstance(value, dict):
            return _as_text(value)
        case "s" if isinstance(value, bool):
            return "true" if value else "false"
        case "s" if isinstance(value, int | float):
            return str(value)
        case "b" if value in ("true", "false"):
            return value == "true"
        case "i" if isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
        case _:
            return value


def _as_text(document: Value) -> Value:
    if has_unknown(document):
        return UNKNOWN
    text = json.dumps(plain(document), separators=(",", ":"), sort_keys=True)
    return secret(text) if has_secret(document) else text


def _object_failures(
    service: str, fields: dict[str, str], value: Properties, path: str
) -> Iterator[Failure]:
    for key, shape in fields.items():
        if shape.endswith("!") and value.get(key) is None:
            yield Failure(
                _join(path, key), f"Missing required argument: {_join(path, key)!r} ({SOURCE})"
            )
    for key, item in value.items():
        here = _join(path, key)
        if key not in fields:
            near = difflib.get_close_matches(key, fields, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield Failure(
                here,
                f"Unsupported argument: {here!r} is not an input of this type{hint} ({SOURCE})",
            )
        else:
            yield from _shape_failures(service, fields[key].rstrip("!"), item, here)


def _shape_failures(service: str, shape: str, value: Value, path: str) -> Iterator[Failure]:
    if value is None or value == UNKNOWN or shape == "*":
        return
    match shape[0]:
        case "#" if isinstance(value, dict):
            yield from _object_failures(
                service, schema()["objects"][f"{service}.{shape[1:]}"], value, path
            )
        case "[" if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _shape_failures(service, shape[1:-1], item, f"{path}[{index}]")
        case "{" if isinstance(value, dict):
            for key, item in value.items():
                yield from _shape_failures(service, shape[1:-1], item, f"{path}.{key}")
        case "#" | "[" | "{":
            kind = {"#": "an object", "[": "a list", "{": "a map"}[shape[0]]
            yield Failure(path, f"{path} must be {kind}, not {type(value).__name__} ({SOURCE})")
        case scalar:
            if not _is(scalar, value):
                shown = f"{path} must be {_KINDS[scalar]}, not {type(value).__name__} ({SOURCE})"
                yield Failure(path, shown)


def _is(scalar: str, value: Value) -> bool:
    match scalar:
        case "s" | "j":
            return isinstance(value, str)
        case "b":
            return isinstance(value, bool)
        case "i":
            return isinstance(value, int) and not isinstance(value, bool)
        case _:
            return isinstance(value, int | float) and not isinstance(value, bool)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
