"""`make record-engine`: what is called, and when it refuses."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.recording import RECORDED
from tests.engine.replaying import ROOT, SCENARIOS, steps_of

SCENARIO = "empty-program"


def stand_in(folder: Path, answer: str) -> Path:
    """A `pulumi` that says it is the version `answer`, keeps what it is asked, and has the local
    engine do it."""
    folder.mkdir()
    path = folder / "pulumi"
    path.write_text(
        f"""#!/bin/sh
if [ "$1" = version ]; then echo {answer}; exit 0; fi
echo "$*" >> {shlex.quote(str(folder / "asked"))}
PYTHONPATH={shlex.quote(str(ROOT))} exec {sys.executable} -m infra.local.engine "$@"
"""
    )
    path.chmod(0o755)
    return path


def record(path: Path | str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.engine.recording", *words],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{path}{os.pathsep}/usr/bin{os.pathsep}/bin"},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.mark.engine
def test_every_step_of_a_scenario_is_asked_of_the_cli_and_recorded(tmp_path: Path) -> None:
    command = stand_in(tmp_path / "bin", RECORDED)
    copy = tmp_path / "scenarios" / SCENARIO
    shutil.copytree(SCENARIOS / SCENARIO, copy, ignore=shutil.ignore_patterns("expected"))
    done = record(command.parent, str(tmp_path / "scenarios"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"recording {command} {RECORDED}" in done.stdout
    asked = (command.parent / "asked").read_text().splitlines()
    operations = [line.split()[0] for line in asked if line.split()[0] not in ("stack", "config")]
    assert operations == [step["cmd"] for step in steps_of(SCENARIO)]
    assert asked[0].startswith("stack init dev")
    for kept in ("result.json", "state.json", "outputs.json", "order.json"):
        theirs = {p.parent.name: p.read_text() for p in (SCENARIOS / SCENARIO).rglob(kept)}
        assert {p.parent.name: p.read_text() for p in copy.rglob(kept)} == theirs


def test_without_a_cli_nothing_is_recorded_and_the_way_to_get_it_is_told(tmp_path: Path) -> None:
    ours = stand_in(tmp_path / "bin", f"{RECORDED}+gacp")
    done = record(ours.parent, str(tmp_path))
    assert done.returncode == 2
    assert "no `pulumi` on PATH but the local engine" in done.stderr
    assert f"--version {RECORDED.removeprefix('v')}" in done.stderr
    assert not (ours.parent / "asked").exists()


def test_another_version_of_the_cli_is_refused_by_name(tmp_path: Path) -> None:
    other = stand_in(tmp_path / "bin", "v3.1.0")
    done = record(other.parent, str(tmp_path))
    assert done.returncode == 2
    assert f"{other} is v3.1.0" in done.stderr
    assert RECORDED in done.stderr
    assert not (other.parent / "asked").exists()
