"""Where the local engine does not do what the Pulumi CLI was recorded doing, and why.

Each row is checked in full: a replay that differs otherwise fails, and so does one in which a row
no longer shows. A new row wants a reason that a person who knows the CLI would accept.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of record of one step. `theirs` has the lines that only the CLI's record has, in
    order, `ours` those that only the local engine's has; of a provider's call the name of the
    call and of the resource stand for the line."""

    scenario: str
    step: int
    kind: str
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Unsteady:
    """A field that has no fixed value, left out of both sides."""

    scenario: str
    kind: str
    field: str
    why: str


# None: all 58 scenarios replay as they were recorded.
DIFFERENCES: tuple[Difference, ...] = ()

_COUNTED = "`steps` of a failed operation counts what had ended by then, which is a race"

UNSTEADY = (
    Unsteady("continue-on-error", "events", "steps", _COUNTED),
    Unsteady("protect-destroy", "events", "steps", _COUNTED),
)


def expected(scenario: str) -> set[Difference]:
    return {one for one in DIFFERENCES if one.scenario == scenario}


def unsteady(scenario: str, kind: str) -> tuple[str, ...]:
    """The fields that are left out of this kind of record of the scenario."""
    return tuple(one.field for one in UNSTEADY if (one.scenario, one.kind) == (scenario, kind))
