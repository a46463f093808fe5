"""Stops the engine at a named point (`infra/local/engine/points.py`), kills it, and looks at what
is left: the state that its file gives, and the provider's own record."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from infra.local.engine.points import VARIABLE
from tests.support.stacks import ROOT, Engine

STOP_SECONDS = 240
LEAVE_SECONDS = 30
FAILED = 1
INTERRUPTED = 8


@dataclass(frozen=True)
class World:
    """The provider's own record: resources by (type, id), owners of unfinished ones, and how many
    were ever made."""

    resources: frozenset[tuple[str, str]]
    unfinished: dict[tuple[str, str], str]
    made: int

    @property
    def counts(self) -> Counter[str]:
        return Counter(token for token, _ in self.resources)


def world_of(engine: Engine) -> World:
    path = engine.folder / "world.sqlite"
    if not path.exists():
        return World(frozenset(), {}, 0)
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT token, id FROM resource").fetchall()
        owners = db.execute("SELECT token, id, urn FROM unfinished").fetchall()
        # SQLite's own count of rows that were ever inserted (AUTOINCREMENT).
        made = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'resource'").fetchone()
    unfinished = {(token, identity): urn for token, identity, urn in owners}
    return World(frozenset(rows), unfinished, made[0] if made else 0)


@dataclass(frozen=True)
class State:
    """What `stack export` gives: managed resources by (type, id), and pending (kind, URN)."""

    resources: frozenset[tuple[str, str]]
    urns: Counter[str]
    pending: frozenset[tuple[str, str]]


def state_of(engine: Engine) -> State:
    """Fails where the state can't be read."""
    latest: dict[str, Any] = json.loads(engine.run("stack", "export"))["deployment"]
    managed = [
        entry
        for entry in latest.get("resources") or []
        if entry["custom"] and not entry["type"].startswith("pulumi:providers:")
    ]
    pending = latest.get("pending_operations") or []
    return State(
        frozenset((entry["type"], entry["id"]) for entry in managed),
        Counter(entry["urn"] for entry in managed),
        frozenset((entry["type"], entry["resource"]["urn"]) for entry in pending),
    )


def lost(engine: Engine) -> list[tuple[str, str]]:
    """What exists and is neither in the state nor listed there as being created."""
    world, state = world_of(engine), state_of(engine)
    creating = {urn for kind, urn in state.pending if kind == "creating"}
    return [
        key
        for key in sorted(world.resources - state.resources)
        if world.unfinished.get(key) not in creating
    ]


def points_of(engine: Engine, *words: str, file: Path | None = None) -> list[str]:
    """Runs a command to its end; the names of the points that it went through."""
    names = engine.folder / "points"
    process = _start(engine, names, 0, words, file)
    assert process.wait(STOP_SECONDS) == 0
    return names.read_text(encoding="utf-8").splitlines()


def kill_at(
    engine: Engine, at: int, *words: str, children: bool, file: Path | None = None
) -> str | None:
    """Runs a command and kills the engine with SIGKILL at the `at`-th point; with `children`, its
    program and providers too, before they can notice. Returns when all of them are gone.

    The point's name; None where the command ended before it came to that point.
    """
    names = engine.folder / "points"
    process = _start(engine, names, at, words, file)
    if not _stands_still(process):
        return None
    family = _children(process.pid)
    for pid in family if children else ():
        os.kill(pid, signal.SIGKILL)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(LEAVE_SECONDS)
    _await_gone(family)
    return names.read_text(encoding="utf-8").splitlines()[at - 1]


class Blow(StrEnum):
    """What happens to a command at a point."""

    ENGINE = "engine killed"
    GROUP = "engine and children killed"
    PROVIDER = "a provider killed"
    INTERRUPT = "ctrl-C"


def interrupt_at(engine: Engine, at: int, blow: Blow, *words: str) -> str | None:
    """Runs a command and strikes at the `at`-th point; returns when the engine and all that it
    started are gone.

    The point's name; None where the command ended before it came to that point.
    """
    if blow in (Blow.ENGINE, Blow.GROUP):
        return kill_at(engine, at, *words, children=blow is Blow.GROUP)
    names = engine.folder / "points"
    process = _start(engine, names, at, words, None)
    if not _stands_still(process):
        return None
    family = _children(process.pid)
    if blow is Blow.INTERRUPT:
        process.send_signal(signal.SIGINT)
    else:
        os.kill(_first_provider(family), signal.SIGKILL)
    process.send_signal(signal.SIGCONT)
    # What ran may have been all that there was left to do.
    assert process.wait(STOP_SECONDS) in (0, FAILED, INTERRUPTED), process.returncode
    _await_gone(family)
    return names.read_text(encoding="utf-8").splitlines()[at - 1]


def _first_provider(family: list[int]) -> int:
    """The first plugin of the AWS provider among an engine's children."""
    for pid in sorted(family):
        words = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
        if "infra.local.aws" in words:
            return pid
    message = f"none of {family} is the AWS provider"
    raise AssertionError(message)


def _start(
    engine: Engine, names: Path, at: int, words: tuple[str, ...], file: Path | None
) -> subprocess.Popen[bytes]:
    names.write_text("", encoding="utf-8")
    with (engine.folder / "killed.log").open("ab") as log:
        return subprocess.Popen(
            engine.command(*words, file=file),
            cwd=ROOT,
            env={**engine.environment, VARIABLE: f"{names}:{at}"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _stands_still(process: subprocess.Popen[bytes]) -> bool:
    """Waits for the point (True) or the end of the command (False, which must be a good one)."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        state = stat_of(process.pid)
        if state is not None and state[0] == "T":
            return True
        if process.poll() is not None:
            assert process.returncode == 0
            return False
        time.sleep(0.01)
    process.kill()
    message = f"the engine neither ended nor came to the point within {STOP_SECONDS} s"
    raise AssertionError(message)


def stat_of(pid: int) -> tuple[str, int] | None:
    """(state, parent) of a process, or None."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, parent = text.rpartition(")")[2].split()[:2]
    return state, int(parent)


def _children(pid: int) -> list[int]:
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [n for n in numbers if (found := stat_of(n)) is not None and found[1] == pid]


def _await_gone(pids: list[int]) -> None:
    """A zombie that nobody has waited for is gone as well."""
    deadline = time.monotonic() + LEAVE_SECONDS
    while time.monotonic() < deadline:
        left = [pid for pid in pids if (found := stat_of(pid)) is not None and found[0] != "Z"]
        if not left:
            return
        time.sleep(0.02)
    message = f"processes {left} outlived their engine by {LEAVE_SECONDS} s"
    raise AssertionError(message)
