"""Keeps the state of a running deployment on disk: durable after each step, linear in cost.

The state file is written as a whole, in the file backend's own form, as long as that costs little.
Otherwise changes are appended to a journal beside it (`STACK.journal`), and the whole is written
from time to time and at the end. `load` reads both, so a killed engine loses nothing; the CLI
reads the file alone. A kill of the process is survived, a loss of power is not (no fsync), as
with the CLI.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from typing import IO, TYPE_CHECKING, Any

from infra.local.engine import points
from infra.local.engine.project import unwritable

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.engine.backend import Backend
    from infra.local.engine.snapshot import Entry, Snapshot

_SHARE = 10
"""The whole is written again once this many times its last cost has passed."""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def journal_path(backend: Backend, stack: str) -> Path:
    return backend.stack_path(stack).with_suffix(".journal")


class Keeper:
    """Called by the snapshot with every change, under the snapshot's lock."""

    def __init__(self, backend: Backend, stack: str) -> None:
        self._backend = backend
        self._stack = stack
        self._journal: IO[str] | None = None
        self._header: dict[str, Any] = {}
        self._cost = 0.0
        self._written = -1e9

    def __call__(self, snapshot: Snapshot, entries: list[Entry]) -> None:
        what = " ".join(next(iter(entry)) for entry in entries)
        points.reach(f"before {what}")
        due = time.monotonic() - self._written >= self._cost * _SHARE
        if due or any("whole" in entry for entry in entries):
            self.write(snapshot)
        elif entries:
            self._append(entries, what)
        points.reach(f"after {what}")

    def _append(self, entries: list[Entry], what: str) -> None:
        """What belongs to one change is one line: a cut leaves all of it out, never a part."""
        path = journal_path(self._backend, self._stack)
        try:
            if self._journal is None:
                self._journal = path.open("w", encoding="utf-8")
                self._journal.write(json.dumps(self._header) + "\n")
            points.write(self._journal, json.dumps(entries, ensure_ascii=False) + "\n", what)
            self._journal.flush()
        except OSError as error:
            # Whatever came to the file, the next change is in a new whole.
            self._written = -1e9
            raise unwritable(path, error) from error

    def write(self, snapshot: Snapshot) -> None:
        """Writes the plain file; a journal that led to it is of no more use."""
        began = time.monotonic()
        text = snapshot.text()
        self._backend.write(self._stack, text)
        # The header names the file that entries start from: a journal that outlived a later write
        # of the whole no longer fits, and is ignored.
        self._header = {
            "file": _digest(self._backend.checkpoint_text(self._stack, text)),
            **snapshot.layout(),
        }
        self.close()
        self._written = time.monotonic()
        self._cost = self._written - began

    def close(self) -> None:
        if self._journal is not None:
            # What could not be written before is in the whole by now.
            with contextlib.suppress(OSError):
                self._journal.close()
            self._journal = None
        journal_path(self._backend, self._stack).unlink(missing_ok=True)


def load(backend: Backend, stack: str) -> dict[str, Any] | None:
    """The latest deployment of a stack, with what a killed engine's journal adds.

    Raises EngineError for an unknown stack and for a damaged file.
    """
    deployment = backend.read(stack)
    try:
        data = journal_path(backend, stack).read_bytes()
    except FileNotFoundError:
        return deployment
    # A kill may cut the last line anywhere, also inside of a letter. Only \n ends a line: values
    # hold other line separators.
    lines = data.decode(errors="replace").split("\n")
    try:
        header = json.loads(lines[0])
    except ValueError:
        return deployment  # cut before the first change was told to anyone
    if deployment is None or header["file"] != _digest(backend.text(stack)):
        return deployment
    return replay(deployment, header, lines[1:])


def replay(deployment: dict[str, Any], header: dict[str, Any], lines: list[str]) -> dict[str, Any]:
    """Applies a journal's lines to the deployment that they start from: one change a line. The last
    one may be cut off; nobody has been told of that change."""
    there = deployment.get("resources") or []
    numbers = [*header["done"], *header["base"]]
    known = dict(zip(numbers, there, strict=True))
    done = {number: known[number] for number in header["done"]}
    base = {number: known[number] for number in header["base"]}
    pending = dict(zip(header["pending"], deployment.get("pending_operations") or [], strict=True))
    for line in lines:
        try:
            entries = json.loads(line)
        except ValueError:
            break
        for entry in entries:
            if "begin" in entry:
                pending[entry["begin"]] = json.loads(entry["operation"])
            elif "end" in entry:
                pending.pop(entry["end"], None)
            elif "drop" in entry:
                done.pop(entry["drop"], None)
                base.pop(entry["drop"], None)
            else:
                target = base if entry["put"] in base else done
                target[entry["put"]] = json.loads(entry["resource"])
    result = {**deployment, "resources": [*done.values(), *base.values()]}
    result["pending_operations"] = list(pending.values())
    return {key: value for key, value in result.items() if value or key == "metadata"}
