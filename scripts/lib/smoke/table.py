"""How the outcome of a smoke test is shown: an aligned table, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from scripts.lib.smoke.line import Outcome, Result

SIGNS = {
    Result.PASSED: "ok",
    Result.FAILED: "FAILED",
    Result.NOT_REACHED: "not reached",
    Result.NOT_RUN: "not run",
}
RESULT_WIDTH = max(map(len, SIGNS.values()))
VERSION = 1  # of the JSON, raised when a field changes its meaning


class Table:
    """Rows aligned by the widths of all lines, so that each can be printed when it ends."""

    def __init__(self, names: Sequence[str], whats: Sequence[str]) -> None:
        self._name = max(map(len, names))
        self._what = max(map(len, whats))

    def row(self, outcome: Outcome) -> str:
        """One line: result, name, milliseconds, what was asked, and the note."""
        return (
            f"{SIGNS[outcome.result]:<{RESULT_WIDTH}}  {outcome.name:<{self._name}}"
            f"  {outcome.milliseconds:>7.0f} ms  {outcome.what:<{self._what}}  {outcome.note}"
        ).rstrip()


def summary(outcomes: Sequence[Outcome], address: str, seconds: float) -> str:
    """One sentence: how many lines ended how."""
    counts = {result: sum(o.result is result for o in outcomes) for result in Result}
    parts = [f"{count} {result}" for result, count in counts.items() if count]
    return f"{address}: {', '.join(parts)}, in {seconds:.1f} s"


def as_json(outcomes: Sequence[Outcome], address: str, seconds: float) -> str:
    """The whole run as a JSON text."""
    return json.dumps(
        {
            "version": VERSION,
            "url": address,
            "seconds": round(seconds, 3),
            "passed": succeeded(outcomes),
            "lines": [asdict(outcome) for outcome in outcomes],
        },
        ensure_ascii=False,
        indent=2,
    )


def succeeded(outcomes: Sequence[Outcome]) -> bool:
    """Whether every line that can be asked here passed, and at least one did."""
    results = {outcome.result for outcome in outcomes}
    return Result.PASSED in results and not results & {Result.FAILED, Result.NOT_REACHED}
