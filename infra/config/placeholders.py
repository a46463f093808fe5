"""`<CHANGE_ME>` in a stack file: found, listed, and filled with reserved examples for previews."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import cast

from infra.config.keys import leaves, spec_of
from infra.config.rules import PLACEHOLDER
from infra.config.settings import AwsConfig, StackConfig


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A key that still says `<CHANGE_ME>`, what it means, and the example that may stand in."""

    key: str
    doc: str
    example: object


def find_placeholders(config: Mapping[str, object]) -> tuple[Placeholder, ...]:
    """Keys of a stack file's `config` whose value the owner has yet to write, in file order."""
    known = {spot.key: spot for spot in _spots()}
    return tuple(
        known.get(name, Placeholder(name, "unknown to the program", None))
        for name, _ in _left(config, "")
    )


def with_examples(config: Mapping[str, object]) -> dict[str, object]:
    """A copy of `config` with every placeholder replaced by its key's example.

    For previews that touch nothing. A placeholder without an example stays, and the program
    refuses it by name.
    """
    examples = {spot.key: spot.example for spot in _spots() if spot.example is not None}
    filled = copy.deepcopy(dict(config))
    for name, holder in list(_left(filled, "")):
        if name in examples:
            example = examples[name]
            last = name if name in holder else name.rpartition(".")[2]
            holder[last] = (
                list(cast("tuple[object, ...]", example)) if isinstance(example, tuple) else example
            )
    return filled


def _left(
    node: Mapping[str, object], prefix: str
) -> Iterator[tuple[str, MutableMapping[str, object]]]:
    """(full key, object that holds it) of each value with a placeholder in it."""
    for name, value in node.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _left(cast("Mapping[str, object]", value), f"{key}.")
        elif PLACEHOLDER in str(value):
            yield key, cast("MutableMapping[str, object]", node)


def _spots() -> list[Placeholder]:
    return [
        Placeholder(key, spec_of(field).doc, spec_of(field).example)
        for cls, prefix in ((StackConfig, "gacp:"), (AwsConfig, "aws:"))
        for key, _, field in leaves(cls, prefix)
    ]
