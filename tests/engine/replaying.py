"""Replays recorded scenarios against the local engine; run as a program, one scenario a process.

    python replaying.py SCENARIO --check exit,state,…   prints a JSON list of differences

Texts on stdout and stderr are compared for `config`, `stack`, `state` and `cancel` steps only:
the display of operations is ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).with_name("recordings")
SCENARIOS = RECORDINGS / "scenarios"
ROOT = RECORDINGS.parents[2]
TEXT_STEPS = ("config", "stack", "state", "import-state", "cancel")


def engine_command() -> str:
    """`replay.py` gives the command a small environment: it has to bring its own."""
    return f"env PYTHONPATH={shlex.quote(str(ROOT))} {sys.executable} -m infra.local.engine"


def load_replay() -> Any:
    spec = importlib.util.spec_from_file_location("replay", RECORDINGS / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def differences(scenario: str, check: list[str]) -> list[str]:
    """One line for each difference that counts, with the first lines of it."""
    folder = SCENARIOS / scenario
    steps = json.loads((folder / "scenario.json").read_text())["steps"]
    arguments = argparse.Namespace(
        pulumi=engine_command(), keep=None, env=["PYTHONDONTWRITEBYTECODE="], record=False, check=[*check, "stdout", "stderr"]
    )
    found: list[str] = []
    for number, name, kind, diff in load_replay().run(str(folder), arguments):
        text = kind in ("stdout", "stderr")
        if text and steps[number - 1]["cmd"] not in TEXT_STEPS:
            continue
        found.append(f"step {number} {name}: {kind}\n" + "\n".join(diff[:20]))
    return found


def replay_in_process(scenario: str, check: list[str], seconds: float) -> list[str]:
    """Runs this file: the recordings' own code is not written for warnings as errors."""
    done = subprocess.run(
        [sys.executable, __file__, scenario, "--check", ",".join(check)],
        capture_output=True,
        text=True,
        timeout=seconds,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario")
    parser.add_argument("--check", required=True)
    given = parser.parse_args()
    print(json.dumps(differences(given.scenario, given.check.split(","))))
