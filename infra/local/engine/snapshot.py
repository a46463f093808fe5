"""The state while a deployment runs: what is new, what is left of the old, what is under way.

Order in the file: resources of this deployment as they were done, then what is left of the old
state. Both are valid orders (needs come first), so the whole is one.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
from typing import TYPE_CHECKING, Any

from infra.local.engine import VERSION
from infra.local.engine.errors import EngineError
from infra.local.engine.integrity import integrity_problems
from infra.local.engine.renaming import renamed, with_children
from infra.local.engine.state import Resource, from_json, now, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.engine.secrets import Secrets

type Entry = dict[str, Any]


def read_deployment(
    deployment: dict[str, Any] | None, secrets: Secrets
) -> tuple[list[Resource], list[dict[str, Any]]]:
    """Resources and pending operations of a deployment as the file holds it."""
    latest = deployment or {}
    resources = [from_json(entry, secrets.decrypt) for entry in latest.get("resources") or []]
    pending = [
        {"resource": from_json(entry["resource"], secrets.decrypt), "type": entry["type"]}
        for entry in latest.get("pending_operations") or []
    ]
    return resources, pending


def frame(secrets: Secrets, resources: list[str], pending: list[str]) -> str:
    """The deployment as JSON text, from the texts of its parts."""
    time = now()
    manifest = {
        "time": time,
        "magic": hashlib.sha256(VERSION.encode()).hexdigest(),
        "version": VERSION,
    }
    parts = [
        f'"manifest":{json.dumps(manifest)}',
        '"secrets_providers":'
        + json.dumps({"type": "passphrase", "state": {"salt": secrets.salt}}),
    ]
    if resources:
        parts.append('"resources":[' + ",\n".join(resources) + "]")
    if pending:
        parts.append('"pending_operations":[' + ",\n".join(pending) + "]")
    parts.append('"metadata":{}')
    return "{" + ",".join(parts) + "}"


class Snapshot:
    """Thread-safe. `record` is called with every change before the change's caller goes on."""

    def __init__(
        self,
        base: list[Resource],
        pending: list[dict[str, Any]],
        secrets: Secrets,
        record: Callable[[Snapshot, list[Entry]], None],
    ) -> None:
        self._secrets = secrets
        self._record = record
        self._lock = threading.RLock()
        self.is_behind = False
        """The last change could not be recorded: who made it must be able to find it again."""
        self._ids = itertools.count()
        self._numbers: dict[Resource, int] = {}
        self._texts: dict[int, str] = {}
        self._base: dict[int, Resource] = {}
        self._done: dict[int, Resource] = {}
        self._pending: dict[int, str] = {}
        self._names: dict[str, str] = {}
        for resource in base:
            self._base[self._number(resource)] = resource
        for operation in pending:
            self._pending[next(self._ids)] = self._operation_text(
                operation["type"], operation["resource"]
            )

    def _tell(self, entries: list[Entry]) -> None:
        self.is_behind = True
        self._record(self, entries)
        self.is_behind = False

    def _number(self, resource: Resource) -> int:
        if resource not in self._numbers:
            self._numbers[resource] = next(self._ids)
        return self._numbers[resource]

    def _text(self, resource: Resource) -> str:
        number = self._numbers[resource]
        if number not in self._texts:
            entry = to_json(renamed(resource, self._names), self._secrets.encrypt)
            self._texts[number] = json.dumps(entry, ensure_ascii=False)
        return self._texts[number]

    def _operation_text(self, kind: str, resource: Resource) -> str:
        entry = to_json(resource, self._secrets.encrypt)
        return json.dumps({"resource": entry, "type": kind}, ensure_ascii=False)

    # ---- what a deployment does to the state

    def begin(self, kind: str, resource: Resource) -> int:
        """A provider is about to be asked; until `end` the operation is listed as pending.

        Raises EngineError where the state can't be written, or not under this passphrase.
        """
        self._secrets.verify()
        with self._lock:
            token = next(self._ids)
            self._pending[token] = self._operation_text(kind, resource)
            self._tell([{"begin": token, "operation": self._pending[token]}])
            return token

    def end(
        self,
        token: int | None,
        *,
        drop: Resource | None = None,
        add: Resource | None = None,
        changed: Resource | None = None,
    ) -> None:
        """Ends an operation: `drop` leaves the state, `add` enters it, `changed` is rewritten."""
        entries: list[Entry] = []
        with self._lock:
            if token is not None and self._pending.pop(token, None) is not None:
                entries.append({"end": token})
            if drop is not None:
                entries += self._drop(drop)
            for resource in (add, changed):
                if resource is not None:
                    entries.append(self._put(resource))
            was = drop or changed
            if add is not None and was is not None and add.urn != was.urn:
                entries += self._rename(was.urn, add.urn)
            self._tell(entries)

    def _rename(self, old: str, new: str) -> list[Entry]:
        """What is left of the old state must speak of the new name, as the old one is gone."""
        rest = list(self._base.values())
        self._names = with_children({**self._names, old: new}, rest)
        return [self._put(r) for r in rest if renamed(r, self._names) is not r]

    def _drop(self, resource: Resource) -> list[Entry]:
        number = self._numbers.get(resource)
        if number is None:
            return []
        self._base.pop(number, None)
        self._done.pop(number, None)
        self._texts.pop(number, None)
        return [{"drop": number}]

    def _put(self, resource: Resource) -> Entry:
        number = self._number(resource)
        self._texts.pop(number, None)
        if number not in self._base:
            self._done[number] = resource
        return {"put": number, "resource": self._text(resource)}

    def replace_base(self, resources: list[Resource]) -> None:
        """After a refresh: the old state is another one."""
        with self._lock:
            self._base = {self._number(r): r for r in resources}
            self._texts.clear()
            self._tell([{"whole": True}])

    def clear_pending(self, keep: Callable[[str], bool]) -> None:
        """Forgets pending operations of earlier runs, by kind."""
        with self._lock:
            self._pending = {
                token: text
                for token, text in self._pending.items()
                if keep(json.loads(text)["type"])
            }
            self._tell([{"whole": True}])

    def pending_operations(self) -> list[tuple[str, str]]:
        """(kind, URN) of operations that an earlier run did not finish."""
        with self._lock:
            entries = [json.loads(text) for text in self._pending.values()]
            return [(entry["type"], entry["resource"]["urn"]) for entry in entries]

    # ---- what it is now

    def base(self) -> list[Resource]:
        with self._lock:
            return list(self._base.values())

    def resources(self) -> list[Resource]:
        with self._lock:
            return [*self._done.values(), *self._base.values()]

    def layout(self) -> dict[str, list[int]]:
        """By which numbers journal entries name what `text` holds, in its order."""
        with self._lock:
            return {
                "done": list(self._done),
                "base": list(self._base),
                "pending": list(self._pending),
            }

    def text(self) -> str:
        """The deployment as the state file holds it."""
        with self._lock:
            resources = [self._text(r) for r in self.resources()]
            return frame(self._secrets, resources, list(self._pending.values()))

    def check(self) -> None:
        """Raises EngineError where the state could not be read back as a whole."""
        problems = integrity_problems([renamed(r, self._names) for r in self.resources()])
        if problems:
            raise EngineError(
                "the state is not whole, which is an error of this engine; nothing is lost, "
                "`stack export` still works: " + "; ".join(problems)
            )
