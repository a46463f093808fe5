"""Values on the wire: unknowns, secrets, assets and archives, and numbers.

A value is JSON as Python has it. Secrets, assets and archives are dictionaries that carry the
protocol's signature key; they stay so inside the provider, and `plain` takes the secrets' wrapping
away where a rule looks at a value. Source: `pulumi/runtime/rpc.py` of the installed SDK.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from google.protobuf import struct_pb2

type Value = Any
type Properties = dict[str, Value]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark, no secret
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def load(struct: struct_pb2.Struct | None) -> Properties:
    """The properties of a request; whole numbers become integers (every number travels as a
    double).
    """
    if struct is None:
        return {}
    return {key: _read(value) for key, value in struct.fields.items()}


def _read(value: struct_pb2.Value) -> Value:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if math.isfinite(number) and number == int(number) else number
        case "list_value":
            return [_read(item) for item in value.list_value.values]
        case "struct_value":
            return _unwrap({key: _read(item) for key, item in value.struct_value.fields.items()})
        case _:
            return None


def _unwrap(value: Properties) -> Value:
    # An output value says value, secret and dependencies at once; a custom resource needs the first
    # two.
    if value.get(SIGNATURE) != OUTPUT:
        return value
    inner = value.get("value", UNKNOWN)
    return secret(inner) if value.get("secret") else inner


def dump(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """Properties as a message. Raises ValueError for a value that JSON does not have."""
    struct = struct_pb2.Struct()
    struct.update(cast("dict[str, Any]", properties))
    return struct


def is_secret(value: Value) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def is_asset(value: Value) -> bool:
    """An asset or an archive: compared by its hash, never opened here."""
    return isinstance(value, dict) and value.get(SIGNATURE) in (ASSET, ARCHIVE)


def secret(value: Value) -> Value:
    """`value` marked as a secret; once is enough."""
    return value if is_secret(value) else {SIGNATURE: SECRET, "value": value}


def plain(value: Value) -> Value:
    """`value` without the wrapping of secrets, at any depth."""
    if is_secret(value):
        return plain(value["value"])
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def has(value: Value, test: Callable[[Value], bool]) -> bool:
    """Whether `test` holds for the value or anything inside it."""
    if test(value):
        return True
    if isinstance(value, dict):
        return any(has(item, test) for item in value.values())
    if isinstance(value, list):
        return any(has(item, test) for item in value)
    return False


def has_unknown(value: Value) -> bool:
    return has(value, lambda item: isinstance(item, str) and item == UNKNOWN)


def has_secret(value: Value) -> bool:
    return has(value, is_secret)


def at(value: Value, path: str) -> list[Value]:
    """Every value at a path such as `rules[*].filter.prefix` (or `rules[0].id`); missing parts give
    nothing.
    """
    found: list[Value] = [value]
    for step in path.replace("[", ".").replace("]", "").split("."):
        deeper: list[Value] = []
        for item in found:
            if step == "*" and isinstance(item, list):
                deeper.extend(item)
            elif isinstance(item, list):
                deeper.extend(item[int(step) : int(step) + 1] if step.isdigit() else ())
            elif isinstance(item, dict) and item.get(step) is not None:
                deeper.append(item[step])
        found = deeper
    return found


def put(value: Value, path: str, new: Value) -> None:
    """Set the value at a path such as `tags.Owner` or `rules[0].status`, making maps on the way.

    Raises KeyError or IndexError when a list on the way has no such element.
    """
    steps = path.replace("[", ".").replace("]", "").split(".")
    for step in steps[:-1]:
        value = value[int(step)] if isinstance(value, list) else value.setdefault(step, {})
    last = steps[-1]
    if isinstance(value, list):
        value[int(last)] = new
    elif new is None:
        value.pop(last, None)
    else:
        value[last] = new
