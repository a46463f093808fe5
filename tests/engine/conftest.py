"""A project for tests of the engine; and what the recordings came to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine import replaying
from tests.engine.playground import Playground
from tests.support.probe import Project, make_project


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


def replays_of(stats: dict[str, list[Any]]) -> Iterator[replaying.Replay]:
    for outcome in ("passed", "failed"):
        for report in stats.get(outcome, []):
            found = dict(getattr(report, "user_properties", ())).get("replay")
            if found is not None and report.when == "call":
                yield replaying.Replay(**found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many recordings were replayed, and what repeats the kills."""
    if replayed := list(replays_of(terminalreporter.stats)):
        terminalreporter.write_line(replaying.summary(replayed, len(replaying.names())))
    seed = os.environ.get("GACP_KILL_SEED", "1")
    terminalreporter.write_line(f"seed of the kills: {seed} (GACP_KILL_SEED)")
