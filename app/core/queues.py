"""The five queues behind an interface of our own; BullMQ 3.4.4 is the engine.

Each setting that differs from BullMQ's default answers a defect that was measured: a rate limited
worker sleeps `drainDelay` (5 s), a Redis outage is noticed 15 s late, delays below one second are
rounded up, and there is no jitter. The figures are held by tests/app/core/test_queues.py.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from bullmq import Job, Queue
from redis.asyncio import Redis

type RedisFactory = Callable[[], Redis]

ATTEMPTS = 3
BACKOFF_BASE_MS = 2000
COMPLETED_SECONDS = 7 * 24 * 3600
FAILED_SECONDS = 30 * 24 * 3600
PREFIX = "gacp"

_random = secrets.SystemRandom()


class QueueName(StrEnum):
    """What waits together. A queue is a limit and a pool of workers, not a kind of job."""

    AI_QC = "ai-qc"
    DOCUMENTS = "documents"
    EMAIL = "email"
    NOTIFICATIONS = "notifications"
    REPORTS = "reports"


class Priority(IntEnum):
    """Order within a queue. Zero would overtake all of these, so nothing has it."""

    CRITICAL = 1
    HIGH = 10
    NORMAL = 100
    LOW = 1000


class JobState(StrEnum):
    """Where Redis has a job. `UNKNOWN` is what a flushed Redis says of every job."""

    PENDING = "pending"  # waiting, delayed or active
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"


# Queue and priority of each kind of job: a farmer waits for the check, nobody for a thumbnail.
ROUTES: dict[str, tuple[QueueName, Priority]] = {
    "quality-check": (QueueName.AI_QC, Priority.HIGH),
    "issue-certificate": (QueueName.DOCUMENTS, Priority.CRITICAL),
    "process-document": (QueueName.DOCUMENTS, Priority.NORMAL),
    "send-email": (QueueName.EMAIL, Priority.NORMAL),
}


class UnknownKindError(ValueError):
    """A kind of job that no queue takes."""

    def __init__(self, kind: str) -> None:
        known = ", ".join(sorted(ROUTES))
        super().__init__(f"{kind!r} is no kind of job; add it to ROUTES or use one of: {known}")


class PostponedError(Exception):
    """Not now, and not the job's fault: try again after `seconds` without counting an attempt."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(f"{reason}; again in {seconds:.0f} s")
        self.seconds = seconds


class RefusedError(Exception):
    """The job can never succeed: no further attempt is made."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A job as its handler sees it. `attempt` counts from 1; `starts` counts postponed runs too."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    attempt: int = 1
    starts: int = 1


@dataclass(frozen=True, slots=True)
class Submission:
    """A job to put into its queue, optionally later or out of its kind's usual order."""

    delivery: Delivery
    priority: Priority | None = None
    delay_seconds: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def queue(self) -> QueueName:
        return route(self.delivery.kind)[0]

    def as_bullmq(self) -> dict[str, Any]:
        """The job in BullMQ's words: same id, so that a second submission is no second job."""
        priority = self.priority or route(self.delivery.kind)[1]
        options: dict[str, Any] = {
            "jobId": self.delivery.id,
            "priority": int(priority),
            "attempts": ATTEMPTS,
            "backoff": {"type": "jittered", "delay": BACKOFF_BASE_MS},
            "removeOnComplete": {"age": COMPLETED_SECONDS},
            "removeOnFail": {"age": FAILED_SECONDS},
            "stackTraceLimit": 3,
            **self.options,
        }
        if self.delay_seconds:
            options["delay"] = round(self.delay_seconds * 1000)
        return {"name": self.delivery.kind, "data": dict(self.delivery.payload), "opts": options}


@dataclass(frozen=True, slots=True)
class QueueStats:
    """Jobs by state, and whether the queue is paused."""

    waiting: int
    active: int
    delayed: int
    completed: int
    failed: int
    paused: bool


def prefix_for(database_name: str) -> str:
    """Of two platforms that share a Redis, each has its own queues: they belong to a database."""
    return f"{PREFIX}:{database_name}"


def route(kind: str) -> tuple[QueueName, Priority]:
    """Queue and usual priority of `kind`. Raises `UnknownKindError`."""
    if kind not in ROUTES:
        raise UnknownKindError(kind)
    return ROUTES[kind]


def jittered_backoff(attempts_made: int, _kind: object, _error: object, job: Job) -> int:
    """Milliseconds before the next attempt: 2 s doubled each time, spread by a half each way."""
    backoff: Any = job.opts.get("backoff") or {}
    base = int(backoff.get("delay") or BACKOFF_BASE_MS)
    return round(base * 2 ** (attempts_made - 1) * _random.uniform(0.5, 1.5))


class Queues:
    """The producers' side: submit, ask, pause, resume, retry, clean.

    `connect` opens a Redis client with its own pool; one is opened for each queue on first use.
    """

    def __init__(self, connect: RedisFactory, prefix: str = PREFIX) -> None:
        self._connect, self._prefix = connect, prefix
        self._opened: dict[QueueName, Queue] = {}

    def queue(self, name: QueueName) -> Queue:
        """BullMQ's own object, for what this interface does not cover."""
        if name not in self._opened:
            options: Any = {"connection": self._connect(), "prefix": self._prefix}
            self._opened[name] = Queue(name.value, options)
        return self._opened[name]

    async def submit_all(self, submissions: Sequence[Submission]) -> None:
        """Put jobs into their queues; those already known by their id stay as they are."""
        by_queue: dict[QueueName, list[Any]] = {}
        for one in submissions:
            by_queue.setdefault(one.queue, []).append(one.as_bullmq())
        for name, jobs in by_queue.items():
            await self.queue(name).addBulk(jobs)

    async def state(self, delivery: Delivery) -> tuple[JobState, str]:
        """What Redis knows of a job, and why it failed if it did."""
        queue = self.queue(route(delivery.kind)[0])
        answer = str(await queue.getJobState(delivery.id))
        if answer == "failed":
            job = await queue.getJob(delivery.id)
            return JobState.FAILED, str(job.failedReason or "") if job else ""
        if answer in ("completed", "unknown"):
            return JobState(answer), ""
        return JobState.PENDING, ""

    async def stats(self, name: QueueName) -> QueueStats:
        """Jobs by state now."""
        queue = self.queue(name)
        counts: Mapping[str, int] = await queue.getJobCounts()
        return QueueStats(
            waiting=counts["waiting"] + counts["prioritized"],
            active=counts["active"],
            delayed=counts["delayed"],
            completed=counts["completed"],
            failed=counts["failed"],
            paused=bool(await queue.isPaused()),
        )

    async def pause(self, name: QueueName) -> None:
        """Start no further job of this queue, in any process. Running ones end."""
        await self.queue(name).pause()

    async def resume(self, name: QueueName) -> None:
        await self.queue(name).resume()

    async def retry_failed(self, name: QueueName) -> None:
        """Put every failed job back into the queue."""
        await self.queue(name).retryJobs({"state": "failed"})

    async def clean(self, name: QueueName, older_than_seconds: float, state: str) -> int:
        """Remove jobs in `state` (completed, failed) that ended longer ago; how many."""
        removed = await self.queue(name).clean(round(older_than_seconds * 1000), 10_000, state)
        return len(removed)

    async def mark(self, key: str, value: str) -> str:
        """Set `key` unless it is there; its value afterwards. Gone means that Redis lost data."""
        redis: Any = self.queue(QueueName.DOCUMENTS).client
        await redis.set(key, value, nx=True)
        return str(await redis.get(key))

    async def close(self) -> None:
        for queue in self._opened.values():
            await queue.close()
        self._opened.clear()
