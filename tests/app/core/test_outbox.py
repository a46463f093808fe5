"""Items, hints and the relay's steps, with a crash after each of them."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.errors import AutoReconnect
from redis.asyncio import Redis

from app.core.outbox import HINT_CHANNEL, SOURCES, WORK, announce, finish, item
from app.core.outbox_relay import Relay
from app.core.queues import Delivery, JobState, QueueName, Queues, RefusedError, Submission
from app.core.queues_redis import redis_factory
from app.core.queues_worker import Consumer, Pool
from app.core.records import new_id
from infra.local.services.ports import LOOPBACK, free_port
from tests.app.jobs.world import until, world_on


def test_an_item_has_what_the_relay_needs():
    one, other = item("send-email", {"a": 1}), item("send-email", {"a": 1})
    assert one.keys() == {"id", "kind", "payload", "createdAt"}
    assert one["id"] != other["id"]


async def test_a_hint_that_redis_does_not_take_is_no_error():
    async with Redis(host=LOOPBACK, port=free_port(set()), socket_connect_timeout=1) as nowhere:
        assert not await announce(nowhere)


class Bench:
    def __init__(self, world):
        self.world, self.database = world, world.database
        where = world.services.redis_queue
        self.connect = redis_factory({"host": where.host, "port": where.port})
        self.prefix = f"test-{new_id()}"
        self.queues = Queues(self.connect, self.prefix)
        self.failures = []
        self.relay = Relay(self.database, self.queues, self.note_failure)

    async def note_failure(self, delivery, reason):
        self.failures.append((delivery.id, reason))

    async def accept(self, collection="applications"):
        one = item("process-document", {"documentId": new_id()})
        await self.database[collection].insert_one({"_id": new_id(), "outbox": [one]})
        return one["id"]

    async def state(self, item_id):
        delivery = Delivery(item_id, "process-document", {})
        return (await self.queues.state(delivery))[0]

    def consume(self, handler):
        pool = Pool(QueueName.DOCUMENTS, concurrency=1)
        consumer = Consumer(self.connect, pool, handler, prefix=self.prefix)
        consumer.start()
        return consumer


@pytest.fixture
async def bench(services):
    async with world_on(services) as world:
        made = Bench(world)
        yield made
        await made.queues.close()


@pytest.mark.services
@pytest.mark.parametrize("collection", SOURCES)
async def test_an_item_goes_from_the_outbox_to_the_queue(bench, collection):
    item_id = await bench.accept(collection)
    assert await bench.relay.sweep() == 1
    assert await bench.state(item_id) is JobState.PENDING
    assert (await bench.database[collection].find_one({}))["outbox"] == []
    assert (await bench.database[WORK].find_one({"_id": item_id}))["state"] == "queued"
    assert await bench.relay.sweep() == 0


@pytest.mark.services
async def test_an_item_added_while_the_relay_works_stays(bench):
    await bench.accept()
    document = await bench.database["applications"].find_one({})
    second = item("process-document", {"documentId": "2"})
    [found] = await bench.relay._pending("applications")
    await bench.database["applications"].update_one(
        {"_id": document["_id"]}, {"$push": {"outbox": second}}
    )
    await bench.relay._move(found)
    left = await bench.database["applications"].find_one({})
    assert [one["id"] for one in left["outbox"]] == [second["id"]]


@pytest.mark.services
async def test_a_relay_that_died_before_it_took_the_item_out_makes_no_second_job(bench):
    item_id = await bench.accept()
    [found] = await bench.relay._pending("applications")
    await bench.queues.submit_all(
        [Submission(Delivery(item_id, "process-document", found.items[0]["payload"]))]
    )
    seen = []

    async def handler(delivery):
        seen.append(delivery.id)

    consumer = bench.consume(handler)
    await until(lambda: _true(len(seen) == 1), "the job ran")
    await bench.relay.sweep()
    await bench.relay.recheck(0)
    assert await bench.database[WORK].count_documents({}) == 0
    await consumer.close(5)
    assert seen == [item_id]


async def _true(value):
    return value


@pytest.mark.services
async def test_a_job_that_redis_forgot_is_submitted_again(bench):
    item_id = await bench.accept()
    await bench.relay.sweep()
    await bench.queues.queue(QueueName.DOCUMENTS).obliterate(force=True)
    assert await bench.state(item_id) is JobState.UNKNOWN
    assert await bench.relay.recheck(0) == 1
    assert await bench.state(item_id) is JobState.PENDING


@pytest.mark.services
async def test_fresh_work_is_left_alone(bench):
    await bench.accept()
    await bench.relay.sweep()
    await bench.queues.queue(QueueName.DOCUMENTS).obliterate(force=True)
    assert await bench.relay.recheck(60) == 0


@pytest.mark.services
async def test_a_job_that_failed_for_good_is_kept_and_told(bench):
    item_id = await bench.accept()
    await bench.relay.sweep()

    async def handler(_delivery):
        raise RefusedError("no such document")

    consumer = bench.consume(handler)

    async def has_failed():
        return await bench.state(item_id) is JobState.FAILED

    await until(has_failed, "the job failed")
    await consumer.close(5)
    await bench.relay.recheck(0)
    await bench.relay.recheck(0)
    record = await bench.database[WORK].find_one({"_id": item_id})
    assert (record["state"], record["error"]) == ("failed", "no such document")
    assert bench.failures == [(item_id, "no such document")]


@pytest.mark.services
async def test_finished_work_is_forgotten(bench):
    item_id = await bench.accept()
    await bench.relay.sweep()
    await finish(bench.database, item_id)
    await finish(bench.database, item_id)
    assert await bench.database[WORK].count_documents({}) == 0


@pytest.mark.services
async def test_a_hint_wakes_the_relay_long_before_its_poll(bench):
    relay = Relay(bench.database, bench.queues, bench.note_failure, poll_seconds=600)
    redis = bench.world.platform.connections.redis_queue
    stop = asyncio.Event()
    tasks = [asyncio.create_task(relay.run(stop)), asyncio.create_task(relay.listen(redis, stop))]

    async def is_heard():
        return (await redis.pubsub_numsub(HINT_CHANNEL))[0][1] > 0

    await until(is_heard, "the relay listens")
    item_id = await bench.accept()
    assert await announce(redis)

    async def is_queued():
        return await bench.state(item_id) is JobState.PENDING

    await until(is_queued, "the hint was heard", 10)
    stop.set()
    relay.wake()
    await asyncio.gather(*tasks)


@pytest.mark.services
async def test_the_relay_outlives_a_database_that_is_away(bench, monkeypatch):
    relay = Relay(bench.database, bench.queues, bench.note_failure, poll_seconds=0.1)
    faults = [AutoReconnect("away")] * 3
    sweep = relay.sweep

    async def failing_sweep():
        if faults:
            raise faults.pop()
        return await sweep()

    monkeypatch.setattr(relay, "sweep", failing_sweep)
    item_id = await bench.accept()
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(stop))

    async def is_queued():
        return await bench.state(item_id) is JobState.PENDING

    await until(is_queued, "the item was queued after the outage", 20)
    stop.set()
    relay.wake()
    await task
