"""What every `gacp` command keeps to: exit codes, errors, one at a time, the audit log."""

from __future__ import annotations

import argparse
import errno
import fcntl
import getpass
import json
import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from infra.local.services.layout import Layout

# argparse has no public name for what `add_subparsers` gives back.
type Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # pyright: ignore[reportPrivateUsage]


class ExitCode(IntEnum):
    """The same for every command; pipelines gate on them."""

    DONE = 0
    NOT_SO = 1  # the thing asked about is not so (a check failed, a preview has changes refused)
    WRONG_USE = 2
    REFUSED = 3  # for safety
    UNREACHABLE = 4  # could not reach or run


class CommandError(Exception):
    """A command ends; the text says why and what to do."""

    code = ExitCode.UNREACHABLE


class NotSoError(CommandError):
    """The thing asked about is not so."""

    code = ExitCode.NOT_SO


class WrongUseError(CommandError):
    """The command was asked for something that it doesn't do."""

    code = ExitCode.WRONG_USE


class RefusedError(CommandError):
    """The command could do it and does not, for safety."""

    code = ExitCode.REFUSED


@contextmanager
def changing(layout: Layout, command: str, words: Sequence[str]) -> Generator[None]:
    """Around everything that changes something: nobody else changes, and the log gets a line.

    Raises `RefusedError` while another command holds the lock.
    """
    layout.create()
    began, outcome = time.monotonic(), "failed"
    with _locked(layout.run / "gacp.lock", command):
        try:
            yield
            outcome = "done"
        except KeyboardInterrupt:
            outcome = "stopped"
            raise
        finally:
            _audit(layout, command, words, outcome, time.monotonic() - began)


@contextmanager
def _locked(path: Path, command: str) -> Generator[None]:
    # The kernel gives the lock back when the process ends, however it ends: no stale locks.
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise RefusedError(
                f"{lock_holder(path) or 'another gacp'} is at work on this platform: wait until it "
                "ends, then run the same command again"
            ) from error
        file.truncate(0)
        file.write(f"gacp {command} (process {os.getpid()})")
        file.flush()
        yield
        file.truncate(0)


def lock_holder(path: Path) -> str | None:
    """Who holds the lock, as it said itself; `None` if nobody does."""
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return path.read_text().strip() or "another gacp"
    return None


def _audit(
    layout: Layout, command: str, words: Sequence[str], outcome: str, seconds: float
) -> None:
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "user": getpass.getuser(),
        "command": command,
        "arguments": list(words),
        "outcome": outcome,
        "seconds": round(seconds, 1),
    }
    with (layout.log / "audit.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
