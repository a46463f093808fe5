"""A world for each test of jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.app.jobs.worker_process import Workers
from tests.app.jobs.world import World, world_on


@pytest.fixture
async def world(services) -> AsyncIterator[World]:
    async with world_on(services) as made:
        yield made


@pytest.fixture
async def workers(world: World, tmp_path: Path) -> AsyncIterator[Workers]:
    made = Workers(world, tmp_path)
    yield made
    made.stop()
