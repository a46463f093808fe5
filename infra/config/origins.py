"""Where each value of a stack's effective configuration came from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from infra.config.idle import idle_keys
from infra.config.keys import plain, spec_of, wire_name
from infra.config.loader import load_settings, namespaces_of, preset_of


class Origin(StrEnum):
    STACK_FILE = "stack file"
    PRESET = "preset"
    DEFAULT = "default"
    UNUSED = "not used"  # nothing of the stack reads it (infra/config/idle.py)


@dataclass(frozen=True, slots=True)
class Effective:
    """One key with its value in force (lists and scalars as in a stack file), and its source."""

    key: str
    value: object
    origin: Origin
    doc: str


def effective(raw: Mapping[str, object]) -> list[Effective]:
    """Every key of a stack, in the order of the structs. Raises `ConfigurationError` as loading."""
    settings = load_settings(raw)
    given, idle = namespaces_of(raw), idle_keys(settings)
    found = [
        *_walk(settings.stack, "gacp:", given["gacp"], preset_of(given["gacp"])),
        *_walk(settings.aws, "aws:", given["aws"], {}),
    ]
    return [
        dataclasses.replace(each, origin=Origin.UNUSED) if each.key in idle else each
        for each in found
    ]


def _walk(
    struct: Any, prefix: str, given: Mapping[str, object], preset: Mapping[str, object]
) -> Iterator[Effective]:
    for field in dataclasses.fields(struct):
        name = wire_name(field.name)
        value = getattr(struct, field.name)
        if dataclasses.is_dataclass(value):
            yield from _walk(value, f"{prefix}{name}.", _inside(given, name), _inside(preset, name))
        else:
            in_preset = Origin.PRESET if name in preset else Origin.DEFAULT
            origin = Origin.STACK_FILE if name in given else in_preset
            yield Effective(prefix + name, plain(value), origin, spec_of(field).doc)


def _inside(node: Mapping[str, object], name: str) -> Mapping[str, object]:
    inner = node.get(name)
    return cast("Mapping[str, object]", inner) if isinstance(inner, Mapping) else {}
