"""The newest audit record's place and hash, kept in another store than the log.

A chain of hashes cannot tell that its newest records were cut off, or that all of it was computed
anew. The worker writes the tip to the versioned backups bucket every minute in which it moved, and
a verification compares: what was anchored once must still be there.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import msgspec
from pymongo.errors import PyMongoError

from app.core.audit import Audit, Tip, Verdict
from app.core.storage import ObjectMissingError, Storage, StorageUnavailableError

KEY = "audit/tip.json"
EVERY_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Anchor:
    """Writes and reads the tip. `storage` is the backups bucket."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._written = Tip()

    async def keep(self, audit: Audit, stop: asyncio.Event, every: float = EVERY_SECONDS) -> None:
        """Write the tip whenever it moved, until `stop`. An outage leaves it for the next round."""
        while not stop.is_set():
            with suppress(TimeoutError):  # the usual end of a round
                async with asyncio.timeout(every):
                    await stop.wait()
            try:
                await self.write(await audit.tip())
            except (PyMongoError, StorageUnavailableError, ObjectMissingError) as error:
                _log.warning("audit tip not anchored: %s", error)

    async def write(self, tip: Tip) -> None:
        """Keep `tip`, unless the store holds one further on: another worker was quicker."""
        if tip.place <= self._written.place:
            return
        known = await self.read()
        if known is None or known.place < tip.place:
            await self._storage.put(KEY, msgspec.json.encode(tip), "application/json")
        self._written = tip

    async def read(self) -> Tip | None:
        """The tip that was kept last; None before the first."""
        try:
            return msgspec.json.decode(await self._storage.get(KEY), type=Tip)
        except ObjectMissingError:
            return None

    def close(self) -> None:
        self._storage.close()


async def verify_anchored(audit: Audit, backups: Storage) -> Verdict:
    """Walk the chain and compare it with the anchored tip."""
    return await audit.verify(await Anchor(backups).read())
