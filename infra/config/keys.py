"""How a configuration struct declares its keys."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from infra.config.rules import ANYTHING, Rule

_SPEC = "gacp.key"


@dataclass(frozen=True, slots=True)
class KeySpec:
    """What is known of a key beside its type.

    `example` is a reserved value that offline previews put in the place of `<CHANGE_ME>`.
    """

    doc: str
    rule: Rule = ANYTHING
    example: object = None


def key(
    doc: str,
    rule: Rule = ANYTHING,
    *,
    default: Any = dataclasses.MISSING,
    example: object = None,
) -> Any:
    """A dataclass field that carries its rule; without `default` the key has to be given."""
    return field(default=default, metadata={_SPEC: KeySpec(doc, rule, example)})


def section(cls: type[Any]) -> Any:
    """A nested struct, made of its own defaults where the stack file says nothing."""
    return field(default_factory=cls, metadata={_SPEC: KeySpec((cls.__doc__ or "").strip())})


def spec_of(declared: dataclasses.Field[Any]) -> KeySpec:
    return declared.metadata.get(_SPEC, KeySpec(""))


def wire_name(name: str) -> str:
    """The key in a stack file (camelCase) of a field (snake_case)."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def deep_merged(low: Mapping[str, object], high: Mapping[str, object]) -> dict[str, object]:
    """`high` over `low`: objects are merged, all else is replaced. The inputs stay as they are."""
    merged = dict(low)
    for name, value in high.items():
        below = merged.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[name] = deep_merged(below, value)
        else:
            merged[name] = value
    return merged


def plain(value: object) -> object:
    """A value as a stack file has it: lists for tuples, text for enumerations."""
    if isinstance(value, tuple):
        return [plain(item) for item in cast("tuple[object, ...]", value)]
    return str(value) if isinstance(value, StrEnum) else value


def leaves(cls: type[Any], prefix: str) -> Iterator[tuple[str, Any, dataclasses.Field[Any]]]:
    """(full key, type, declaration) of every key below a struct, in order."""
    hints = typing.get_type_hints(cls)
    for declared in dataclasses.fields(cls):
        name, hint = prefix + wire_name(declared.name), hints[declared.name]
        if dataclasses.is_dataclass(hint):
            yield from leaves(cast("type[Any]", hint), f"{name}.")
        else:
            yield name, hint, declared
