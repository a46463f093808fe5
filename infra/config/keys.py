"""How a configuration struct declares its keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
