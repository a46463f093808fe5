"""The audit log: append-only records, each holding the hash of the one before.

`_id` is the place in the chain (1, 2, 3 …). A record is inserted under the next free place with the
hash of its predecessor, so of two processes that race for a place one fails, reads on and takes the
next: the chain cannot fork. Changing, removing or inserting a record breaks every hash after it.
Removing the newest records breaks no hash: `Tip`, kept in another store, tells of those.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from app.core.connections import Database
from app.core.records import new_id, now

type Document = dict[str, Any]

AUDIT = "audit"
GENESIS = "0" * 64
APPEND_SECONDS = 20
# Unique, so that an effect that is repeated after a crash is recorded once.
UNIQUE_KEY = "key"
MOST_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Tip:
    """The newest record's place and hash; place 0 is an empty log."""

    place: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: `records` intact ones, then the first `broken` place, and why."""

    records: int
    broken: int | None = None
    reason: str = ""

    @property
    def intact(self) -> bool:
        return self.broken is None

    def __str__(self) -> str:
        if self.broken is None:
            return f"intact: {self.records} records, each holds the hash of the one before"
        return f"BROKEN at record {self.broken}: {self.reason}; {self.records} before it are intact"


class Audit:
    """Appends to and reads the log. One instance a process keeps its own appends in order."""

    def __init__(self, database: Database) -> None:
        self._records = database[AUDIT]
        self._tip: Tip | None = None
        self._keys_are_unique = False
        self._turn = asyncio.Lock()

    async def record(
        self,
        actor_id: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        request_id: str,
        *,
        key: str | None = None,
    ) -> Document:
        """Append what `actor_id` (empty: the platform) did to `subject`, such as `application/…`.

        `key` names an effect that is recorded once however often this is called; the record that is
        there is returned then. `detail` holds JSON values and no secrets. Raises `TimeoutError`
        after 20 s.
        """
        content: Document = {
            "key": key or new_id(),
            "at": now(),
            "actorId": actor_id,
            "action": action,
            "subject": subject,
            "detail": msgspec.json.decode(msgspec.json.encode(detail)),
            "requestId": request_id,
        }
        async with asyncio.timeout(APPEND_SECONDS), self._turn:
            if key and not self._keys_are_unique:
                await self._records.create_index(UNIQUE_KEY, unique=True, name=f"{UNIQUE_KEY}_1")
                self._keys_are_unique = True
            while True:
                tip = self._tip or await self._newest()
                document = _chained(content, tip)
                try:
                    await self._records.insert_one(document)
                except DuplicateKeyError:
                    if key and (found := await self._records.find_one({UNIQUE_KEY: key})):
                        return found
                    self._tip = await self._read_on(tip)
                    continue
                self._tip = Tip(document["_id"], document["hash"])
                return document

    async def of(self, subject: str) -> list[Document]:
        """The records of one subject, oldest first, without their hashes."""
        fields = {"hash": 0, "previous": 0, "key": 0}
        cursor = self._records.find({"subject": subject}, fields, sort=[("_id", 1)])
        return await cursor.limit(MOST_SHOWN).to_list()

    async def tip(self) -> Tip:
        """The newest record now."""
        return await self._read_on(self._tip or await self._newest())

    async def verify(self, known: Tip | None = None) -> Verdict:
        """Walk the whole chain; stops at the first record that is not as it was written.

        `known` is an earlier tip from another store: a chain that lacks it has lost its end.
        """
        tip = Tip()
        async for document in self._records.find({}, sort=[("_id", 1)]):
            fault = _fault(document, tip)
            if fault:
                return Verdict(tip.place, tip.place + 1, fault)
            tip = Tip(document["_id"], document["hash"])
            if known and known.place == tip.place and known.hash != tip.hash:
                return Verdict(tip.place - 1, tip.place, "the log was rewritten after its tip")
        if known and known.place > tip.place:
            reason = f"missing: the log once had {known.place} records"
            return Verdict(tip.place, tip.place + 1, reason)
        return Verdict(tip.place)

    async def _newest(self) -> Tip:
        # Sorting reads the whole collection on the embedded database: once a process, then on.
        cursor = self._records.find({}, {"hash": 1}, sort=[("_id", -1)], limit=1)
        return next((Tip(one["_id"], one["hash"]) for one in await cursor.to_list()), Tip())

    async def _read_on(self, tip: Tip) -> Tip:
        while found := await self._records.find_one({"_id": tip.place + 1}, {"hash": 1}):
            tip = Tip(found["_id"], found["hash"])
        return tip


def _chained(content: Document, tip: Tip) -> Document:
    document = {"_id": tip.place + 1, **content, "previous": tip.hash}
    return document | {"hash": _hash_of(document)}


def _hash_of(document: Mapping[str, Any]) -> str:
    """SHA-256 over the record's JSON with sorted keys, without its own hash."""
    at: datetime = document["at"]
    plain = {name: value for name, value in document.items() if name != "hash"}
    plain["at"] = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC).isoformat()
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


def _fault(document: Mapping[str, Any], before: Tip) -> str:
    """Why `document` can't follow `before`; empty if it can."""
    if document["_id"] != before.place + 1:
        return f"missing: record {document['_id']} follows record {before.place}"
    if document.get("previous") != before.hash:
        return f"does not hold the hash of record {before.place}"
    try:
        written = _hash_of(document)
    except (KeyError, AttributeError, TypeError):
        return "a field was removed or changed its type"
    if document.get("hash") != written:
        return "its content does not match its hash"
    return ""
