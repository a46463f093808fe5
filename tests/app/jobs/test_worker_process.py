"""The worker process: health, figures, and how it stops."""

from __future__ import annotations

import pytest

from app.applications.states import State

pytestmark = pytest.mark.services


async def test_it_says_how_it_is_and_what_it_did(world, workers):
    worker = await workers.start()
    owner = await world.farmer()
    application, _ = await world.submitted(owner)
    await world.settle()
    assert (await world.read(application)).state is State.CHECKED
    assert worker.status("/livez") == 200
    figures = worker.text("/metrics")
    assert 'gacp_jobs_total{kind="quality-check",outcome="done"} 1.0' in figures
    assert "gacp_job_seconds_bucket" in figures
    assert "process_resident_memory_bytes" in figures


async def test_it_ends_within_seconds_when_it_has_nothing_to_do(workers):
    worker = await workers.start()
    assert worker.terminate(15) == 0


async def test_it_logs_no_address_of_a_person(world, workers):
    worker = await workers.start(LOG_LEVEL="debug")
    owner = await world.farmer()
    await world.submitted(owner)
    await world.settle()
    worker.terminate()
    assert owner.email not in worker.log.read_text()
