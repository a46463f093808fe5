"""Work that was accepted: written with the document it belongs to, then carried to a queue.

The road of an item, and what a crash at any point leaves:

1. A service puts `item(...)` into the `outbox` list of a document, in the very write that accepts
   the work. Nothing else has to happen for the work to be done one day.
2. A relay copies it to the collection `work` (`_id` is the item's id), gives it to BullMQ under the
   same id, and takes it out of the list. Each step may be repeated by this or another relay.
3. The job's last act is `finish`: the record in `work` goes.
4. A record that stays is compared with Redis: a job that Redis does not know (flushed, restored,
   killed before it wrote) is submitted again, one that failed for good is marked so and kept.

So Redis delivers, and losing it loses nothing; the price is that a job may run twice, so every job
is idempotent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.core.records import new_id, now

type Document = dict[str, Any]

SOURCES = ("applications", "documents", "certificates", "users")
WORK = "work"
HINT_CHANNEL = "gacp:outbox"

_log = logging.getLogger(__name__)


def item(kind: str, payload: Mapping[str, Any]) -> Document:
    """An element for a document's `outbox` list. Its id is the job's id everywhere."""
    return {"id": new_id(), "kind": kind, "payload": dict(payload), "createdAt": now()}


async def announce(redis: Redis) -> bool:
    """Tell the relays that an outbox was written; call it after the write, with the queue's Redis.

    A hint only: without it the item waits for the next poll (2 s). False if Redis did not take it.
    """
    try:
        async with asyncio.timeout(1):
            await redis.publish(HINT_CHANNEL, b"1")
    except (RedisError, OSError, TimeoutError) as error:
        _log.warning("outbox hint not sent: %s", type(error).__name__)
        return False
    return True


async def finish(database: AsyncDatabase[Document], item_id: str) -> None:
    """The work is done: forget its record. Repeating it is harmless."""
    await database[WORK].delete_one({"_id": item_id})
