"""The queues over a real Redis: order, attempts, limits, and what a dead worker leaves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from app.core.queues import (
    COMPLETED_SECONDS,
    ROUTES,
    Delivery,
    JobState,
    PostponedError,
    Priority,
    QueueName,
    Queues,
    RefusedError,
    Submission,
    UnknownKindError,
    jittered_backoff,
)
from app.core.queues_redis import redis_factory
from app.core.queues_worker import Consumer, Handler, Pool
from app.core.records import new_id

pytestmark = pytest.mark.services

KIND = "process-document"
QUEUE = QueueName.DOCUMENTS


@pytest.fixture
async def bench(services) -> AsyncIterator[Bench]:
    where = services.redis_queue
    options = {"host": where.host, "port": where.port, "socket_connect_timeout": 5}
    bench = Bench(options)
    yield bench
    await bench.close()


class Bench:
    """Queues under a prefix of their own, so that tests don't see each other's jobs."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.prefix = f"test-{new_id()}"
        self.connect = redis_factory(options)
        self.queues = Queues(self.connect, self.prefix)
        self.consumers: list[Consumer] = []

    def consume(self, handler: Handler, **pool: Any) -> Consumer:
        settings = {"queue": QUEUE, "concurrency": 4} | pool
        consumer = Consumer(self.connect, Pool(**settings), handler, prefix=self.prefix)
        consumer.start()
        self.consumers.append(consumer)
        return consumer

    async def submit(self, *ids: str, **how: Any) -> None:
        await self.queues.submit_all([Submission(delivery(one), **how) for one in ids])

    async def state(self, item_id: str) -> JobState:
        return (await self.queues.state(delivery(item_id)))[0]

    async def close(self) -> None:
        for consumer in self.consumers:
            await consumer.close(5)
        await self.queues.close()


def delivery(item_id: str, kind: str = KIND) -> Delivery:
    return Delivery(id=item_id, kind=kind, payload={"documentId": item_id})


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


def is_blocked(consumer: Consumer) -> Callable[[], Awaitable[bool]]:
    """Whether the worker found nothing to do and waits in Redis."""

    async def condition() -> bool:
        return consumer._worker.waiting is not None

    return condition


class Recorder:
    """A handler that notes what it was given, and fails as told."""

    def __init__(self, *errors: Exception) -> None:
        self.seen: list[Delivery] = []
        self.times: list[float] = []
        self.errors = list(errors)

    async def __call__(self, delivery: Delivery) -> None:
        self.seen.append(delivery)
        self.times.append(time.monotonic())
        if self.errors:
            raise self.errors.pop(0)

    async def has(self, count: int) -> bool:
        return len(self.seen) >= count


async def test_a_job_reaches_its_handler_with_its_payload(bench):
    recorder = Recorder()
    bench.consume(recorder)
    await bench.submit("a")
    await until(lambda: recorder.has(1))
    assert recorder.seen[0] == Delivery("a", KIND, {"documentId": "a"}, attempt=1, starts=1)


async def test_an_idle_worker_takes_a_job_at_once(bench):
    recorder = Recorder()
    await until(is_blocked(bench.consume(recorder)))
    started = time.monotonic()
    await bench.submit("a")
    await until(lambda: recorder.has(1))
    assert recorder.times[0] - started < 1


async def test_a_second_submission_of_the_same_id_is_no_second_job(bench):
    recorder = Recorder()
    await bench.submit("a")
    await bench.submit("a", "b")
    bench.consume(recorder)
    await until(lambda: recorder.has(2))
    await bench.submit("a")
    assert await bench.state("a") is JobState.COMPLETED
    assert [one.id for one in recorder.seen] == ["a", "b"]


async def test_jobs_are_taken_in_the_order_of_their_priorities(bench):
    recorder = Recorder()
    for priority in (Priority.LOW, Priority.CRITICAL, Priority.NORMAL, Priority.HIGH):
        await bench.submit(priority.name, priority=priority)
    bench.consume(recorder, concurrency=1)
    await until(lambda: recorder.has(4))
    assert [one.id for one in recorder.seen] == ["CRITICAL", "HIGH", "NORMAL", "LOW"]


async def test_a_failing_job_has_three_attempts_with_growing_pauses(bench):
    recorder = Recorder(OSError("one"), OSError("two"), OSError("three"))
    bench.consume(recorder)
    await bench.submit("a", options={"backoff": {"type": "jittered", "delay": 1000}})
    failed = lambda: _is(bench.state("a"), JobState.FAILED)  # noqa: E731
    await until(failed, 30)
    assert [one.attempt for one in recorder.seen] == [1, 2, 3]
    assert recorder.times[1] - recorder.times[0] >= 0.5
    assert recorder.times[2] - recorder.times[1] >= 1.0
    assert await bench.queues.state(delivery("a")) == (JobState.FAILED, "three")


async def _is(answer: Awaitable[JobState], wanted: JobState) -> bool:
    return await answer is wanted


async def test_a_failed_job_can_be_retried(bench):
    recorder = Recorder(RefusedError("not yet"))
    bench.consume(recorder)
    await bench.submit("a")
    await until(lambda: _is(bench.state("a"), JobState.FAILED))
    await bench.queues.retry_failed(QUEUE)
    await until(lambda: _is(bench.state("a"), JobState.COMPLETED))


async def test_a_refused_job_is_not_tried_again(bench):
    recorder = Recorder(RefusedError("no such template"))
    bench.consume(recorder)
    await bench.submit("a")
    await until(lambda: _is(bench.state("a"), JobState.FAILED))
    assert len(recorder.seen) == 1


async def test_postponing_counts_no_attempt(bench):
    recorder = Recorder(*(PostponedError("the database is away", 1) for _ in range(4)))
    bench.consume(recorder)
    await bench.submit("a")
    await until(lambda: _is(bench.state("a"), JobState.COMPLETED), 30)
    assert [one.attempt for one in recorder.seen] == [1] * 5
    assert [one.starts for one in recorder.seen] == [1, 2, 3, 4, 5]


async def test_a_limited_queue_starts_at_most_ten_jobs_in_any_second_and_does_not_stall(bench):
    recorder = Recorder()
    await bench.submit(*(f"job-{n}" for n in range(35)))
    for _ in range(2):
        bench.consume(recorder, concurrency=10, per_second=10)
    await until(lambda: recorder.has(35), 20)
    spans = [late - early for early, late in zip(recorder.times, recorder.times[10:], strict=False)]
    # Redis counts by its own clock; ours sees the hand-over some milliseconds earlier or later.
    assert min(spans) > 0.85
    assert recorder.times[-1] - recorder.times[0] < 10


async def test_nothing_starts_while_a_queue_is_paused(bench):
    recorder = Recorder()
    await bench.queues.pause(QUEUE)
    await bench.submit("a")
    await until(is_blocked(bench.consume(recorder)))
    assert recorder.seen == []
    assert (await bench.queues.stats(QUEUE)).paused
    await bench.queues.resume(QUEUE)
    await until(lambda: recorder.has(1))


async def test_statistics_count_jobs_by_state(bench):
    await bench.submit("a", "b")
    await bench.submit("later", delay_seconds=60)
    stats = await bench.queues.stats(QUEUE)
    assert (stats.waiting, stats.delayed, stats.completed, stats.paused) == (2, 1, 0, False)


async def test_completed_jobs_go_after_seven_days(bench):
    bench.consume(Recorder())
    await bench.submit("a")
    await until(lambda: _is(bench.state("a"), JobState.COMPLETED))
    assert await bench.queues.clean(QUEUE, COMPLETED_SECONDS, "completed") == 0
    assert await bench.queues.clean(QUEUE, 0, "completed") == 1
    job = Submission(delivery("b")).as_bullmq()
    assert job["opts"]["removeOnComplete"] == {"age": 7 * 24 * 3600}


async def test_closing_waits_for_the_running_job(bench):
    started, go_on = asyncio.Event(), asyncio.Event()

    async def handler(_: Delivery) -> None:
        started.set()
        await go_on.wait()

    consumer = bench.consume(handler)
    await bench.submit("a", "b", "c", "d", "e")
    await asyncio.wait_for(started.wait(), 10)
    closing = asyncio.create_task(consumer.close(20))
    go_on.set()
    assert await closing
    assert await bench.state("a") is JobState.COMPLETED
    assert await bench.state("e") is JobState.PENDING


async def test_a_job_of_a_closed_worker_is_given_back(bench):
    started, hang = asyncio.Event(), asyncio.Event()

    async def never_ends(_: Delivery) -> None:
        started.set()
        await hang.wait()

    consumer = bench.consume(never_ends)
    await bench.submit("a")
    await asyncio.wait_for(started.wait(), 10)
    assert not await consumer.close(0.2)
    recorder = Recorder()
    bench.consume(recorder)
    await until(lambda: recorder.has(1), 25)
    assert recorder.seen[0].attempt == 1


async def test_a_job_that_redis_does_not_know_is_unknown(bench):
    assert await bench.state("never-submitted") is JobState.UNKNOWN


async def test_a_mark_stays_until_redis_loses_it(bench):
    key = bench.prefix
    assert await bench.queues.mark(key, "first") == "first"
    assert await bench.queues.mark(key, "second") == "first"


def test_pauses_double_and_are_spread_by_half():
    job: Any = type("Job", (), {"opts": {"backoff": {"type": "jittered", "delay": 2000}}})
    for attempt, base in ((1, 2000), (2, 4000), (3, 8000)):
        pauses = {jittered_backoff(attempt, "jittered", None, job) for _ in range(200)}
        assert min(pauses) >= base / 2
        assert max(pauses) <= base * 1.5
        assert len(pauses) > 20


def test_an_unknown_kind_is_refused_by_name():
    with pytest.raises(UnknownKindError, match=r"make-tea.*quality-check"):
        Submission(delivery("a", "make-tea")).as_bullmq()


def test_no_kind_has_the_priority_that_overtakes_all():
    assert all(priority > 0 for _, priority in ROUTES.values())
