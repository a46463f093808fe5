"""Ports of a test run: each of its processes chooses from a range of its own.

Two platforms that are brought up, taken down and brought up again in two processes would else
take each other's remembered ports while they are down.
"""

from __future__ import annotations

import os

from infra.local.services.ports import FIRST_PORT, LAST_PORT, RANGE_VARIABLE

PROCESSES = 8  # more of them share ranges again


def range_of(worker: str) -> str:
    """The range of a process of pytest-xdist, named as it names them (`gw0`), else the first."""
    index = int(worker.removeprefix("gw")) % PROCESSES if worker.startswith("gw") else 0
    size = (LAST_PORT - FIRST_PORT) // PROCESSES
    first = FIRST_PORT + index * size
    return f"{first}-{first + size - 1}"


def claim_range() -> None:
    """Give this process, and what it starts, its range."""
    os.environ[RANGE_VARIABLE] = range_of(os.environ.get("PYTEST_XDIST_WORKER", ""))
