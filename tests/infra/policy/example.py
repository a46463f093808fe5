"""What an example of a control is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import Edit, cut, put


@dataclass(frozen=True)
class Red:
    """One change that makes the passing example fail, in an environment."""

    edit: Edit
    environment: str = "prod"


@dataclass(frozen=True)
class Example:
    """The part of the complete stack that a control needs, and what breaks it.

    `green` are changes that it must let pass, so that it is known where it ends.
    """

    keep: tuple[str, ...]
    red: Mapping[str, Red]
    green: Mapping[str, Red]


def example(
    *keep: str, red: Mapping[str, Edit | Red], green: Mapping[str, Edit | Red] | None = None
) -> Example:
    return Example(keep, _named(red), _named(green or {}))


def _named(edits: Mapping[str, Edit | Red]) -> dict[str, Red]:
    return {name: e if isinstance(e, Red) else Red(e) for name, e in edits.items()}


def values(target: str, path: str, *wrong: object) -> dict[str, Edit]:
    """The property absent, unknown, and with each of the wrong values."""
    shown = {f"{path} is {value!r}": put(target, path, value) for value in wrong}
    return {
        f"{path} absent": cut(target, path),
        f"{path} unknown": put(target, path, UNKNOWN),
        **shown,
    }
