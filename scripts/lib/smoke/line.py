"""What a line of the smoke test is, and how lines are run one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import httpx


class CheckFailedError(AssertionError):
    """What a line asked about is not so. The text names what was asked, seen and expected."""


class Result(StrEnum):
    """How a line ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"  # a line that it needs did not pass; never counted as passed
    NOT_RUN = "not run"  # it cannot be asked here, for the reason given; never counted as passed


class NotHereError(Exception):
    """A line cannot be asked at this address; the text says why."""


@dataclass(frozen=True, slots=True)
class Line[Context]:
    """One question.

    `run` returns a short note for the table and raises `CheckFailedError` when the answer is wrong.
    `needs` names earlier lines whose facts `run` uses.
    """

    name: str
    what: str
    run: Callable[[Context], str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one line ended; `milliseconds` of wall time."""

    name: str
    what: str
    result: Result
    milliseconds: float
    note: str


def run_lines[Context](
    lines: Sequence[Line[Context]],
    context: Context,
    *,
    clock: Callable[[], float] = time.perf_counter,
    told: Callable[[Outcome], None] = lambda _: None,
) -> tuple[Outcome, ...]:
    """Run every line whose needs passed, in order; `told` hears of each outcome at once."""
    outcomes: dict[str, Outcome] = {}
    for line in lines:
        missing = [name for name in line.needs if not _has_passed(outcomes.get(name))]
        if missing:
            note = f"needs {', '.join(missing)}"
            outcome = Outcome(line.name, line.what, Result.NOT_REACHED, 0.0, note)
        else:
            outcome = _run_one(line, context, clock)
        outcomes[line.name] = outcome
        told(outcome)
    return tuple(outcomes.values())


def _has_passed(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.result is Result.PASSED


def _run_one[Context](line: Line[Context], context: Context, clock: Callable[[], float]) -> Outcome:
    started = clock()
    try:
        result, note = Result.PASSED, line.run(context)
    except CheckFailedError as error:
        result, note = Result.FAILED, str(error)
    except NotHereError as reason:
        result, note = Result.NOT_RUN, str(reason)
    except (httpx.HTTPError, OSError) as error:
        result, note = Result.FAILED, f"{type(error).__name__}: {error}"
    return Outcome(line.name, line.what, result, (clock() - started) * 1000, note)


def check_order[Context](lines: Sequence[Line[Context]]) -> None:
    """Refuse lines of one name, and lines that need what does not come before them."""
    seen: set[str] = set()
    for line in lines:
        if line.name in seen:
            raise ValueError(f"two lines are named {line.name!r}: a name stands for one question")
        late = [name for name in line.needs if name not in seen]
        if late:
            raise ValueError(f"line {line.name!r} needs {late}, which must come before it")
        seen.add(line.name)
