"""One at a time: set-up, exchange and the hand-over of certificates share a lock."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO

from infra.host.onmachine.commands import LOOK_SECONDS
from infra.host.onmachine.errors import BusyError
from infra.host.onmachine.places import RUN, Places


@contextmanager
def alone(places: Places, what: str, wait_seconds: float = 0) -> Generator[None]:
    """Nobody else is at work meanwhile. Raises `BusyError` naming who holds the lock.

    The kernel gives it back when the process ends, however it ends.
    """
    path = places.at(RUN) / "lock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    with path.open("a+", encoding="utf-8") as file:
        _take(file, wait_seconds)
        file.truncate(0)
        file.write(f"{what} (process {os.getpid()})")
        file.flush()
        yield
        file.truncate(0)


def _take(file: IO[str], wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                file.seek(0)
                holder = file.read().strip() or "another set-up"
                raise BusyError(
                    f"{holder} is at work on this machine: wait until it ends, then run the same "
                    "command again"
                ) from error
            time.sleep(LOOK_SECONDS)
        else:
            return
