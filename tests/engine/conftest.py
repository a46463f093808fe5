"""A project for tests of the engine; and what recordings and matrices (`make soak`) came to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.lib.platform.summary import table
from tests.engine import replaying
from tests.engine.playground import Playground
from tests.support.probe import Project, make_project

MATRICES = ("kill", "fault")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty stack of small programs."""
    made = make_project(tmp_path / "project")
    yield made
    made.close()


@pytest.fixture
def ground(tmp_path: Path) -> Playground:
    """A project whose events can be looked at."""
    return Playground(tmp_path)


def rows_of(stats: dict[str, list[Any]], matrix: str) -> Iterator[tuple[str, ...]]:
    for outcome in ("passed", "failed"):
        for report in stats.get(outcome, []):
            cell = dict(getattr(report, "user_properties", ())).get(matrix)
            if cell is not None and report.when == "call":
                yield (*(str(part) for part in cell), outcome, f"{report.duration:.1f} s")


def replays_of(stats: dict[str, list[Any]]) -> Iterator[replaying.Replay]:
    for outcome in ("passed", "failed"):
        for report in stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get("replay")
            if found is not None and report.when == "call":
                yield replaying.Replay(**found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many recordings were replayed. With GACP_MATRIX_TABLE: a row for each cell, and how
    many of them held."""
    if replayed := list(replays_of(terminalreporter.stats)):
        terminalreporter.write_line(replaying.summary(replayed, len(replaying.names())))
    for matrix in MATRICES if os.environ.get("GACP_MATRIX_TABLE") else ():
        rows = sorted(rows_of(terminalreporter.stats, matrix))
        if rows:
            terminalreporter.write_line(table(rows))
            held = sum("passed" in row for row in rows)
            terminalreporter.write_line(f"{matrix} matrix: {held} of {len(rows)} hold")
    seed = os.environ.get("GACP_KILL_SEED", "1")
    terminalreporter.write_line(f"seed of the kills: {seed} (GACP_KILL_SEED)")
