"""Carries outbox items to the queues (the road is described in `app.core.outbox`)."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.core.outbox import HINT_CHANNEL, SOURCES, WORK, Document, finish
from app.core.queues import Delivery, JobState, Queues, Submission
from app.core.records import new_id, now

# Called with a delivery that failed for good, before it is marked so.
type FailureHook = Callable[[Delivery, str], Awaitable[None]]

EPOCH_KEY = "gacp:outbox:epoch"
BATCH = 200
# An embedded database scans for these, so the poll is slow; a hint through Redis makes it quick.
POLL_SECONDS = 2.0
STALE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 15.0
OPERATION_SECONDS = 20.0

_log = logging.getLogger(__name__)
_random = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class _Found:
    collection: str
    document_id: str
    items: Sequence[Document]


class Relay:
    """Carries outbox items to the queues, and watches that none is lost on the way.

    `poll_seconds` is the slow poll, `stale_seconds` the age at which work is compared with Redis.
    Several relays may run: all steps are keyed by the item's id.
    """

    def __init__(
        self,
        database: AsyncDatabase[Document],
        queues: Queues,
        on_failure: FailureHook,
        *,
        poll_seconds: float = POLL_SECONDS,
        stale_seconds: float = STALE_SECONDS,
    ) -> None:
        self._database, self._queues, self._on_failure = database, queues, on_failure
        self._poll_seconds, self._stale_seconds = poll_seconds, stale_seconds
        self._awake = asyncio.Event()
        self._recheck_all = False
        self._epoch = ""
        self._failures = 0
        self._last_recheck = 0.0

    def wake(self, *, recheck: bool = False) -> None:
        """Sweep now; with `recheck`, compare all work in flight with Redis too."""
        self._recheck_all = self._recheck_all or recheck
        self._awake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set. Outages are waited out, with growing pauses and jitter."""
        while not stop.is_set():
            try:
                async with asyncio.timeout(OPERATION_SECONDS):
                    moved = await self.sweep()
                    await self.recheck_if_due()
                self._failures = 0
            except (PyMongoError, RedisError, OSError, TimeoutError) as error:
                self._failures += 1
                moved = 0
                _log.warning("outbox relay waits: %s: %s", type(error).__name__, error)
            if moved < BATCH:
                await self._pause(stop)

    async def listen(self, redis: Redis, stop: asyncio.Event) -> None:
        """Wake on hints of other processes until `stop` is set; a lost connection is reopened."""
        while not stop.is_set():
            try:
                async with redis.pubsub() as channel:
                    await channel.subscribe(HINT_CHANNEL)
                    self.wake()
                    while not stop.is_set():
                        if await channel.get_message(ignore_subscribe_messages=True, timeout=1.0):
                            self.wake()
            except (RedisError, OSError) as error:
                _log.warning("outbox hints are not heard: %s", type(error).__name__)
                await asyncio.sleep(1 + _random.random())

    async def sweep(self) -> int:
        """Move what lies in the outboxes to the queues; the number of items moved."""
        moved = 0
        for collection in SOURCES:
            for found in await self._pending(collection):
                await self._move(found)
                moved += len(found.items)
        return moved

    async def recheck_if_due(self) -> None:
        """Compare work in flight with Redis: stale work always, all of it when Redis lost data."""
        clock = asyncio.get_running_loop().time()
        everything = self._recheck_all or await self._redis_lost_its_data()
        if not everything and clock - self._last_recheck < self._stale_seconds / 2:
            return
        self._last_recheck, self._recheck_all = clock, False
        await self.recheck(0.0 if everything else self._stale_seconds)

    async def recheck(self, age_seconds: float) -> int:
        """Submit again what Redis has forgotten, among work older than `age_seconds`; how many."""
        before = now() - timedelta(seconds=age_seconds)
        again = 0
        last = ""
        while True:
            cursor = self._database[WORK].find(
                {"_id": {"$gt": last}, "state": "queued"}, sort=[("_id", 1)], limit=BATCH
            )
            records = await cursor.to_list()
            for record in records:
                if record["queuedAt"].replace(tzinfo=before.tzinfo) <= before:
                    again += await self._settle(record)
            if len(records) < BATCH:
                return again
            last = records[-1]["_id"]

    async def _pending(self, collection: str) -> list[_Found]:
        # A range on the multikey index `outbox.id` finds documents with an item and no others.
        cursor = self._database[collection].find(
            {"outbox.id": {"$gt": ""}}, {"outbox": 1}, limit=BATCH
        )
        return [_Found(collection, one["_id"], one["outbox"]) async for one in cursor]

    async def _move(self, found: _Found) -> None:
        for element in found.items:
            record = {
                "kind": element["kind"],
                "payload": element["payload"],
                "createdAt": element["createdAt"],
                "queuedAt": now(),
                "state": "queued",
            }
            await self._database[WORK].update_one(
                {"_id": element["id"]}, {"$setOnInsert": record}, upsert=True
            )
        await self._queues.submit_all([_submission(one["id"], one) for one in found.items])
        for element in found.items:
            await self._database[found.collection].update_one(
                {"_id": found.document_id}, {"$pull": {"outbox": {"id": element["id"]}}}
            )

    async def _settle(self, record: Document) -> int:
        submission = _submission(record["_id"], record)
        state, reason = await self._queues.state(submission.delivery)
        if state is JobState.UNKNOWN:
            await self._queues.submit_all([submission])
            _log.warning("%s %s submitted again", record["kind"], record["_id"])
            return 1
        if state is JobState.FAILED:
            await self._on_failure(submission.delivery, reason)
            await self._database[WORK].update_one(
                {"_id": record["_id"], "state": "queued"},
                {"$set": {"state": "failed", "error": reason[:2000], "failedAt": now()}},
            )
        if state is JobState.COMPLETED:
            await finish(self._database, record["_id"])
        return 0

    async def _redis_lost_its_data(self) -> bool:
        """Whether the mark that a relay left in Redis is gone or another than last time."""
        mark = await self._queues.mark(EPOCH_KEY, new_id())
        lost = mark != self._epoch
        self._epoch = mark
        return lost

    async def _pause(self, stop: asyncio.Event) -> None:
        seconds = min(LONGEST_PAUSE_SECONDS, self._poll_seconds * 2**self._failures)
        if self._failures:
            # While a service is away a hint must not turn the pause into a busy loop.
            seconds = _random.uniform(0.2, seconds)
            await _first_of(stop, seconds)
            return
        await _first_of(self._awake, seconds * _random.uniform(0.75, 1.25))
        self._awake.clear()


async def _first_of(event: asyncio.Event, seconds: float) -> None:
    """Wait for `event`, at most `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _submission(item_id: str, source: Mapping[str, Any]) -> Submission:
    return Submission(Delivery(id=item_id, kind=source["kind"], payload=source["payload"]))
