"""A step of the set-up: what it would do, the doing, and a line about it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.host.onmachine.commands import give, is_installed, write
from infra.host.onmachine.errors import MachineError


@dataclass(frozen=True, slots=True)
class Step:
    """`todo` says in words what `do` would change, and nothing where all is right.

    A step that only looks (`changes` is False) is done every time. `needs` is a program that an
    earlier step installs. `way_out` is for a person who reads that it failed.
    """

    name: str
    todo: Callable[[], Sequence[str]]
    do: Callable[[], None]
    way_out: str
    changes: bool = True
    needs: str = ""


class StepFailedError(MachineError):
    """A step failed; the text names it and the way out."""


@dataclass
class Report:
    """What happened, for people line by line and as JSON at the end."""

    steps: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    exchange: dict[str, object] = field(default_factory=dict[str, object])
    began: float = field(default_factory=time.monotonic)

    def add(self, name: str, outcome: str, seconds: float) -> None:
        self.steps.append({"name": name, "outcome": outcome, "seconds": round(seconds, 1)})

    @property
    def changed(self) -> list[str]:
        return [str(each["name"]) for each in self.steps if each["outcome"] == "changed"]

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.began, 1)


def say(text: str) -> None:
    """A line for people, at once: who waits wants to see what for."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run_steps(steps: Sequence[Step], report: Report, only_look: bool) -> None:
    """Each step in order. With `only_look` nothing is changed, and all would-be changes are told.

    Raises `StepFailedError` at the first that fails.
    """
    for number, step in enumerate(steps, 1):
        head = f"set-up [{number}/{len(steps)}] {step.name}"
        began = time.monotonic()
        try:
            too_early = only_look and step.needs and not is_installed(step.needs)
            todo = [f"all of it, after {step.needs} is installed"] if too_early else step.todo()
            if todo and not only_look:
                say(f"{head}: {', '.join(todo)}")
                step.do()
        except (MachineError, OSError) as error:
            report.add(step.name, "failed", time.monotonic() - began)
            raise StepFailedError(f"step {step.name}: {error}\nway out: {step.way_out}") from error
        seconds = time.monotonic() - began
        if not todo:
            outcome, words = "same", "nothing to do"
        elif only_look:
            outcome, words = "would change", f"would do: {', '.join(todo)}"
        else:
            outcome = "changed" if step.changes else "looked"
            words = f"done in {seconds:.1f} s"
        report.add(step.name, outcome, seconds)
        say(f"{head}: {words}")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it should be. `owner` is a user's and group's id."""

    path: Path
    text: str
    mode: int = 0o644
    owner: int = 0

    def is_right(self) -> bool:
        return (
            self.path.is_file()
            and self.path.read_bytes() == self.text.encode()
            and self.path.stat().st_mode & 0o7777 == self.mode
        )

    def make(self) -> None:
        write(self.path, self.text.encode(), self.mode, self.owner)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it should be."""

    path: Path
    mode: int = 0o755
    owner: int = 0

    def is_right(self) -> bool:
        return self.path.is_dir() and self.path.stat().st_mode & 0o7777 == self.mode

    def make(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(self.mode)
        give(self.path, self.owner)


def wrong(things: Sequence[File | Folder]) -> list[File | Folder]:
    return [each for each in things if not each.is_right()]


def merged_json(path: Path, values: dict[str, Any]) -> str:
    """The JSON object of a file with values of ours in it; the rest stays as it is.

    Raises `MachineError` where the file holds something else.
    """
    there: Any = {}
    if path.exists() and path.read_text(encoding="utf-8").strip():
        try:
            there = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise MachineError(
                f"{path} is no JSON ({error}): correct it or move it away"
            ) from error
    if not isinstance(there, dict):
        raise MachineError(f"{path} holds no JSON object: correct it or move it away")
    whole: dict[str, Any] = {**there}
    for name, value in values.items():
        inner = whole.get(name)
        whole[name] = {**inner, **value} if isinstance(inner, dict) else value
    return json.dumps(whole, indent=1, sort_keys=True) + "\n"
