"""The processes that the engine has started and not yet seen end: plugins and the program."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any

_STARTED: list[Any] = []


def add(process: Any) -> None:
    """Remembers a `Popen` that leads a process group of its own."""
    _STARTED.append(process)


def kill() -> None:
    """SIGKILL to each of them and to what they started."""
    for process in _STARTED:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
