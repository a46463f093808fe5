"""Creates that were done and whose engine may never have heard of it.

An engine that is killed between a create's work and its note of the answer leaves a resource that
no state knows; its next run creates again. AWS meets this with client tokens: a repeated request
with the same token gives the resource that the first one made (EC2 API Reference, "Ensuring
idempotency in Amazon EC2 API requests"). Here the URN is the token, until the engine shows that it
knows the id (a Diff, Read, Update or Delete names it) or ends in order (Cancel, SIGTERM).
"""

from __future__ import annotations

import threading

from infra.local.aws.codec import Properties
from infra.local.aws.store import Key, Record, Store


class Unfinished:
    """The unfinished creates of a record, by URN. Safe for threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._urns: dict[Key, str] = store.unfinished()
        self._told: set[Key] = set()

    def begun(self, urn: str, record: Record) -> None:
        """A resource is being recorded; called inside of the same write (`Store.alone`)."""
        if urn:
            self._store.add_unfinished(urn, record.key)
            with self._lock:
                self._urns[record.key] = urn

    def of(self, urn: str, token: str) -> Record | None:
        """What an earlier create of this URN made, if nobody can know its id."""
        with self._lock:
            found = [
                key
                for key, owner in self._urns.items()
                if owner == urn and key[0] == token and key not in self._told
            ]
        return next((r for key in reversed(found) if (r := self._store.get(*key))), None)

    def inputs(self, urn: str, token: str) -> Properties:
        """Inputs of such a resource: a create that is tried again keeps the name."""
        record = self.of(urn, token)
        return record.inputs if record else {}

    def told(self, token: str, identity: str, region: str) -> None:
        """The answer has been sent to an engine that was there."""
        with self._lock:
            self._told.add((token, identity, region))

    def known(self, token: str, identity: str, region: str) -> None:
        """The engine named the id."""
        self._finish([(token, identity, region)])

    def settle(self) -> None:
        """The engine ends in order: what it was told is in its state."""
        with self._lock:
            told = list(self._told)
        self._finish(told)

    def _finish(self, keys: list[Key]) -> None:
        with self._lock:
            there = [key for key in keys if self._urns.pop(key, None) is not None]
        if there:
            self._store.finish(there)
