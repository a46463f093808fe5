"""One platform for all tests of this folder: brought up once, taken down at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import Running

# For work on these tests: a folder (GACP_LOCAL_DIR) whose platform is used and left running.
KEPT_VARIABLE = "GACP_E2E_KEPT"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The whole platform as `gacp up local --no-smoke` starts it, beside a developer's own."""
    kept = os.environ.get(KEPT_VARIABLE)
    running = Running(Path(kept) if kept else tmp_path_factory.mktemp("platform"))
    try:
        running.up()
        yield running
    finally:
        if not kept:
            running.down()
