"""Cells of the long matrices as tables: what tests note as a property, a row each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scripts.lib.platform.summary import table

MATRICES = ("kill", "fault", "interruption")


def matrix_tables(stats: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """For each matrix that ran its rows, and how many of them held."""
    for matrix in MATRICES:
        if rows := sorted(_rows(stats, matrix)):
            yield table(rows)
            held = sum("passed" in row for row in rows)
            yield f"{matrix} matrix: {held} of {len(rows)} hold"


def _rows(stats: Mapping[str, Sequence[Any]], matrix: str) -> Iterator[tuple[str, ...]]:
    for outcome in ("passed", "failed"):
        for report in stats.get(outcome, []):
            for name, cell in getattr(report, "user_properties", ()):
                if name == matrix and report.when == "call":
                    yield (*(str(part) for part in cell), outcome, f"{report.duration:.1f} s")
