"""Named points at which tests stop this process, to kill it exactly there.

Only with `GACP_ENGINE_POINTS=FILE:N`: each point that is reached adds its name to FILE, and at the
N-th (from 1; 0 = never) the whole process stands still (SIGSTOP). Whoever set the variable kills
it then, with or without its children. Without the variable nothing here does anything.
"""

from __future__ import annotations

import itertools
import os
import signal
from typing import IO

VARIABLE = "GACP_ENGINE_POINTS"

_FILE, _, _AT = os.environ.get(VARIABLE, "").rpartition(":")
_COUNT = itertools.count(1)


def reach(name: str) -> None:
    """One point; `name` is a phase and, where there is one, a URN."""
    if not _FILE:
        return
    with open(_FILE, "a", encoding="utf-8") as file:  # noqa: PTH123 - quick, and for tests alone
        file.write(f"{name}\n")
    if next(_COUNT) == int(_AT):
        os.kill(os.getpid(), signal.SIGSTOP)


def write(file: IO[str], text: str, name: str) -> None:
    """Writes the text; a point lies in the middle of it."""
    if not _FILE:
        file.write(text)
        return
    half = len(text) // 2
    file.write(text[:half])
    file.flush()
    reach(name)
    file.write(text[half:])
