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

HAND_OVER = "hand-over of a certificate"
MOMENTS = 60


@contextmanager
def alone(places: Places, what: str, wait_seconds: float = 0) -> Generator[None]:
    """Nobody else is at work meanwhile. Raises `BusyError` naming who holds the lock.

    The hand-over of a certificate is over in moments, and waited for in any case.

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
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            named = file.read().strip()
            # Who has no name has just taken the lock, or is about to give it back.
            is_short = not named or named.startswith(HAND_OVER)
            limit = max(wait_seconds, MOMENTS if is_short else 0)
            if time.monotonic() >= began + limit:
                holder = named or "another set-up"
                raise BusyError(
                    f"{holder} is at work on this machine: wait until it ends, then run the same "
                    "command again"
                ) from error
            time.sleep(LOOK_SECONDS)
        else:
            return
