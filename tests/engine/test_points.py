"""The hook by which tests stop the engine does nothing unless it is asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from infra.local.engine.points import VARIABLE
from tests.support.killing import stat_of
from tests.support.probe import ROOT, await_that

PROGRAM = """
from infra.local.engine import points
points.reach("first")
with open("text", "w") as file:
    points.write(file, "whole", "middle")
points.reach("last")
"""


def start(folder: Path, **variables: str) -> subprocess.Popen[bytes]:
    environment = {k: v for k, v in os.environ.items() if k != VARIABLE}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), **variables},
    )


def test_without_the_variable_nothing_is_stopped_or_noted(tmp_path: Path) -> None:
    assert start(tmp_path).wait(60) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["text"]
    assert (tmp_path / "text").read_text() == "whole"


def test_number_0_notes_the_points_and_stops_at_none(tmp_path: Path) -> None:
    assert start(tmp_path, **{VARIABLE: f"{tmp_path}/points:0"}).wait(60) == 0
    assert (tmp_path / "points").read_text().split() == ["first", "middle", "last"]
    assert (tmp_path / "text").read_text() == "whole"


def test_the_process_stands_still_at_the_point_with_half_of_the_text_written(
    tmp_path: Path,
) -> None:
    process = start(tmp_path, **{VARIABLE: f"{tmp_path}/points:2"})
    await_that(lambda: (stat_of(process.pid) or ("", 0))[0] == "T")
    assert (tmp_path / "text").read_text() == "wh"
    process.send_signal(signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
