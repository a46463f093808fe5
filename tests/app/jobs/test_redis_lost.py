"""Redis delivers and knows nothing that the database does not: flushed or killed, work is done."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from app.applications.states import State
from app.core.audit import Audit
from app.core.outbox import WORK
from app.core.outbox_relay import Relay
from app.core.queues import Queues, prefix_for
from app.core.queues_redis import redis_factory
from app.worker import working
from tests.app.jobs.world import until

pytestmark = pytest.mark.services


async def no_hook(_delivery, _reason):
    return


def queues_of(world):
    where = world.services.redis_queue
    options = {"host": where.host, "port": where.port, "socket_connect_timeout": 5}
    return Queues(redis_factory(options), prefix_for(world.settings.database.name))


async def flush(world):
    where = world.services.redis_queue
    async with Redis(host=where.host, port=where.port, socket_timeout=5) as redis:
        await redis.flushall()


async def handed_to_redis(world):
    """Relay everything with no worker to take it: the outboxes are empty, Redis holds the jobs."""
    queues = queues_of(world)
    relay = Relay(world.database, queues, no_hook)
    await relay.sweep()
    await queues.close()
    assert await world.all("applications", **{"outbox.id": {"$gt": ""}}) == []


async def test_jobs_that_a_flushed_redis_forgot_are_submitted_again(world):
    owner = await world.farmer()
    application, _ = await world.submitted(owner)
    await handed_to_redis(world)
    assert len(await world.all(WORK)) == 4
    await flush(world)
    async with working(world.platform):
        await world.settle()
    assert (await world.read(application)).state is State.CHECKED
    assert len(await world.letters_to(owner)) == 2
    assert (await Audit(world.database).verify()).records == 5


async def test_a_flush_while_the_worker_runs_loses_nothing(world):
    owner = await world.farmer()
    async with working(world.platform):
        submitted = [await world.submitted(owner) for _ in range(10)]
        await flush(world)
        await world.settle()
    for application, _ in submitted:
        assert (await world.read(application)).state is State.CHECKED
    assert len(await world.letters_to(owner)) == 20


async def test_work_is_accepted_while_redis_is_dead_and_done_when_it_is_back(world):
    processes = world.services.processes
    owner = await world.farmer()
    async with working(world.platform):
        processes.kill("redis-queue")
        try:
            application, _ = await world.submitted(owner)
            assert (await world.read(application)).state is State.SUBMITTED
        finally:
            processes.restart("redis-queue")
        await world.settle()
    assert (await world.read(application)).state is State.CHECKED
    assert len(await world.letters_to(owner)) == 2


async def test_the_object_store_and_the_mail_server_may_be_away_for_a_while(world):
    processes = world.services.processes
    owner = await world.farmer()
    async with working(world.platform):
        application, _ = await world.submitted(owner)
        for name in ("aws-api", "mail"):
            processes.kill(name)
        try:
            await until(lambda: world.all(WORK), "work is in flight")
        finally:
            for name in ("aws-api", "mail"):
                processes.restart(name)
        await world.settle()
    assert (await world.read(application)).state is State.CHECKED
    assert len(await world.letters_to(owner)) == 2


async def test_several_relays_submit_each_item_once(world):
    owner = await world.farmer()
    submitted = [await world.submitted(owner) for _ in range(5)]
    async with working(world.platform), working(world.platform), working(world.platform):
        await world.settle()
    for application, _ in submitted:
        assert [one.step for one in (await world.read(application)).history] == ["pass-check"]
    assert len(await world.letters_to(owner)) == 10
