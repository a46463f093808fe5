"""The consumers' side of the queues: one `Consumer` for a queue in a process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bullmq import Job, Worker
from bullmq.custom_errors import DelayedError, UnrecoverableError
from redis.exceptions import RedisError

from app.core.queues import (
    PREFIX,
    Delivery,
    PostponedError,
    QueueName,
    RedisFactory,
    RefusedError,
    jittered_backoff,
)

type Handler = Callable[[Delivery], Awaitable[None]]

# A worker killed with -9 leaves its jobs locked this long; renewal runs every quarter of it.
LOCK_MS = 5000
STALLED_CHECK_MS = 2000
# BullMQ fails a job that stalled once (its default) or whose worker was killed this often.
MOST_STALLS = 20
# Its limiter and its idle wait both end after this, instead of 5 s.
DRAIN_SECONDS = 1
RECONNECT_MS = 500
LAST_WORD_SECONDS = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pool:
    """How much of a queue one process works on: jobs at once, and jobs a second over all processes.

    `per_second` is None where nothing outside is called.
    """

    queue: QueueName
    concurrency: int
    per_second: int | None = None


class Consumer:
    """Takes jobs of one queue and gives them to `handler`, in this process.

    `on_failed` is told when a job failed for good, so that its record need not wait for a check.
    """

    def __init__(
        self,
        connect: RedisFactory,
        pool: Pool,
        handler: Handler,
        *,
        on_failed: Callable[[], None] | None = None,
        prefix: str = PREFIX,
    ) -> None:
        self._handler, self._pool = handler, pool
        self._on_failed = on_failed
        options: dict[str, Any] = {
            "autorun": False,
            "connection": connect(),
            "prefix": prefix,
            "concurrency": pool.concurrency,
            "drainDelay": DRAIN_SECONDS,
            "lockDuration": LOCK_MS,
            "stalledInterval": STALLED_CHECK_MS,
            "maxStalledCount": MOST_STALLS,
            "runRetryDelay": RECONNECT_MS,
            "settings": {"backoffStrategy": jittered_backoff},
        }
        if pool.per_second:
            options["limiter"] = {"max": pool.per_second, "duration": 1000}
        # BullMQ's annotations name narrower types than it takes.
        typed: Any = options
        process: Any = self._process
        self._worker = Worker(pool.queue.value, process, typed)
        self._worker.on("error", self._note_error)
        self._worker.on("failed", self._note_failure)
        self._run: asyncio.Task[None] | None = None

    @property
    def active(self) -> int:
        """Jobs that this process is working on now."""
        return len(self._worker.jobs)

    @property
    def is_running(self) -> bool:
        return self._run is not None and not self._run.done()

    def start(self) -> None:
        """Begin to take jobs. Must be called in a running event loop."""
        self._run = asyncio.create_task(self._take(), name=f"queue {self._pool.queue}")

    async def close(self, seconds: float) -> bool:
        """Take no more jobs and wait up to `seconds` for the running ones.

        A job that does not end by then is given back: its lock lapses after 5 s and another worker
        takes it. True if every job ended.
        """
        # BullMQ's close swallows cancellation until its jobs end, so it runs beside the clock.
        closing = asyncio.create_task(self._worker.close())
        await asyncio.wait({closing}, timeout=seconds)
        ended = closing.done()
        if not ended:
            _log.warning("%s: %d jobs given back", self._pool.queue, self.active)
            self._worker.forceClosing = True
            self._worker.cancelProcessing()
            await asyncio.wait({closing}, timeout=LAST_WORD_SECONDS)
        if self._run:
            self._run.cancel()
            await asyncio.gather(self._run, return_exceptions=True)
        return ended

    async def ended(self) -> None:
        """Wait until this consumer takes no more jobs, be it closed or broken."""
        if self._run:
            await asyncio.wait({self._run})

    async def _take(self) -> None:
        # BullMQ's loop ends when its first connection fails; a process must outlive that.
        while not self._worker.closing:
            try:
                await self._worker.run()
                break
            except (RedisError, OSError, TimeoutError) as error:
                self._note_error(error)
                await asyncio.sleep(RECONNECT_MS / 1000)

    async def _process(self, job: Job, token: str) -> None:
        delivery = Delivery(
            id=str(job.id),
            kind=str(job.name),
            payload=job.data,
            attempt=job.attemptsMade + 1,
            starts=max(1, job.attemptsStarted),
        )
        try:
            await self._handler(delivery)
        except PostponedError as later:
            _log.info("%s %s postponed: %s", delivery.kind, delivery.id, later)
            until = round((time.time() + later.seconds) * 1000)
            await job.moveToDelayed(until, token)
            raise DelayedError from later
        except RefusedError as refusal:
            raise UnrecoverableError(str(refusal)) from refusal

    def _note_error(self, error: BaseException, *_: object) -> None:
        _log.warning("%s: %s: %s", self._pool.queue, type(error).__name__, error)

    def _note_failure(self, job: Job, error: BaseException) -> None:
        final = job.finishedOn or isinstance(error, UnrecoverableError)
        _log.warning(
            "%s %s attempt %d failed: %s: %s",
            job.name,
            job.id,
            job.attemptsMade,
            type(error).__name__,
            error,
        )
        if final and self._on_failed:
            self._on_failed()
