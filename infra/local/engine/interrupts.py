"""Ctrl-C (and SIGTERM, which `__main__` turns into it) while a deployment runs.

Once: nothing new is started, what runs is finished. Twice: now; children are killed, the lock is
given back, and what ran stays listed as pending in the state.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

CANCELLED = 8
"""Exit status (`pkg/cmd/pulumi/cmd/exit_codes.go`)."""

_AT_ONCE: list[Callable[[], object]] = []


@contextlib.contextmanager
def at_once(act: Callable[[], object]) -> Generator[None]:
    """What a second ctrl-C has to do before the process ends, last in first."""
    _AT_ONCE.append(act)
    try:
        yield
    finally:
        _AT_ONCE.remove(act)


@contextlib.contextmanager
def handled(stop: Callable[[], object]) -> Generator[None]:
    """While this runs the first ctrl-C calls `stop`, the second ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        if asked:
            _leave()
        asked.append(number)
        _say("interrupted: nothing new is started, what runs is finished; ctrl-C again ends it now")
        # Not here: the interrupted thread may hold the very locks that `stop` needs.
        threading.Thread(target=stop, daemon=True).start()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave() -> None:
    for act in reversed(_AT_ONCE):
        with contextlib.suppress(OSError):
            act()
    _say(
        "error: ended at once: what ran is listed as pending; run `pulumi refresh "
        "--clear-pending-creates`, then the command again"
    )
    os._exit(CANCELLED)


def _say(text: str) -> None:
    """At once and without a lock that the interrupted thread may hold."""
    with contextlib.suppress(OSError):
        os.write(2, f"{text}\n".encode())
