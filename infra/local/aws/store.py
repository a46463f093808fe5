"""The provider's record of what exists: one SQLite file, shared by every process that opens it.

A row is a resource by type, id and region: what is named by its id (a log group) may be in several
regions. Sub-resources of a bucket all carry the bucket's name as id.
Rows are durable before a call is answered: WAL with `synchronous=FULL`. The file is readable by its
owner only, because it stands for what AWS keeps, secret values included; write-only arguments never
come here.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlparse

from infra.local.aws import layout
from infra.local.aws.codec import Properties

BUSY_SECONDS = 20.0

type Key = tuple[str, str, str]  # type, id, region


class StoreError(Exception):
    """The record cannot be opened or is not ours; the message says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """A resource that exists. Values keep their secret marks."""

    token: str
    id: str
    region: str
    inputs: Properties = field(repr=False)
    outputs: Properties = field(repr=False)

    @property
    def key(self) -> Key:
        return self.token, self.id, self.region


class Store:
    """Resources in the order in which they were made. Safe for threads and processes."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open or make the record. Not `durable` is for tests that lose it anyway.

        Raises `StoreError`.
        """
        self._lock = threading.RLock()
        self._rows: dict[Key, Record] = {}  # what the file holds, while nobody else wrote to it
        self._seen = -1  # SQLite's counter of other connections' writes when `_rows` was read
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600, exist_ok=True)
            self._db = sqlite3.connect(
                path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None
            )
        except (OSError, sqlite3.DatabaseError) as error:
            raise _unusable(path, error) from error
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
            layout.lay_out(self._db)
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise _unusable(path, error) from error

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def alone(self) -> Generator[None]:
        """Check and write as one step: nobody else writes until the block ends; an error undoes its
        writes.
        """
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                self._seen = -1
                raise
            self._db.execute("COMMIT")

    def get(self, token: str, identity: str, region: str | None = None) -> Record | None:
        """The resource of this id in a region; without one, the first that was made."""
        rows = self._current()
        if region is not None:
            return rows.get((token, identity, region))
        return next((r for key, r in rows.items() if key[:2] == (token, identity)), None)

    def of_type(self, *tokens: str) -> list[Record]:
        return [record for record in self.all() if record.token in tokens]

    def all(self) -> list[Record]:
        return list(self._current().values())

    def with_id(self, identity: str) -> list[Record]:
        return [record for record in self.all() if record.id == identity]

    def put(self, record: Record) -> None:
        """Write a resource; one that exists keeps its place in the order."""
        values = (
            _text(record.inputs),
            _text(record.outputs),
            record.token,
            record.id,
            record.region,
        )
        with self._lock:
            changed = self._db.execute(
                "UPDATE resource SET inputs = ?, outputs = ? WHERE token = ? AND id = ? AND"
                " region = ?",
                values,
            ).rowcount
            if not changed:
                self._db.execute(
                    "INSERT INTO resource (inputs, outputs, token, id, region) VALUES (?, ?, ?,"
                    " ?, ?)",
                    values,
                )
            self._rows[record.key] = record

    def remove(self, record: Record) -> None:
        with self._lock:
            query = "DELETE FROM resource WHERE token = ? AND id = ? AND region = ?"
            self._rows.pop(record.key, None)
            self._db.execute(query, record.key)

    def unfinished(self) -> dict[Key, str]:
        """URNs by type, id and region, oldest first (`unfinished.py` says of what)."""
        with self._lock:
            rows = self._db.execute("SELECT token, id, region, urn FROM unfinished ORDER BY rowid")
            return {(row[0], row[1], row[2]): row[3] for row in rows.fetchall()}

    def add_unfinished(self, urn: str, key: Key) -> None:
        with self._lock:
            query = "INSERT OR REPLACE INTO unfinished (token, id, region, urn) VALUES (?, ?, ?, ?)"
            self._db.execute(query, (*key, urn))

    def finish(self, keys: Sequence[Key]) -> None:
        with self.alone():
            query = "DELETE FROM unfinished WHERE token = ? AND id = ? AND region = ?"
            self._db.executemany(query, keys)

    def real(self, recorded: str) -> str:
        """The id by which the AWS API on loopback knows a recorded id; the same unless it was made
        again.
        """
        with self._lock:
            row = self._db.execute(
                "SELECT real FROM link WHERE recorded = ?", (recorded,)
            ).fetchone()
        return row[0] if row else recorded

    def link(self, recorded: str, real: str) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO link VALUES (?, ?)", (recorded, real))

    def fact(self, name: str) -> str | None:
        with self._lock:
            row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_fact(self, name: str, value: str) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def _current(self) -> dict[Key, Record]:
        with self._lock:
            # Changes only when another connection wrote: our own writes keep `_rows` right
            # themselves.
            version = self._db.execute("PRAGMA data_version").fetchone()[0]
            if version != self._seen:
                query = "SELECT token, id, region, inputs, outputs FROM resource ORDER BY sequence"
                rows = self._db.execute(query).fetchall()
                records = [
                    Record(row[0], row[1], row[2], json.loads(row[3]), json.loads(row[4]))
                    for row in rows
                ]
                self._rows = {record.key: record for record in records}
                self._seen = version
            return dict(self._rows)


def _unusable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"the record of local AWS resources at {path} cannot be opened ({error}); make the folder "
        "writable, or set GACP_LOCAL_AWS_STORE to another file"
    )


def _text(properties: Properties) -> str:
    return json.dumps(properties, sort_keys=True, ensure_ascii=False)


def changed(record: Record, *, inputs: Properties, outputs: Properties) -> Record:
    return replace(record, inputs=inputs, outputs=outputs)


def store_path(environment: Mapping[str, str]) -> Path:
    """Where the record is: GACP_LOCAL_AWS_STORE, else beside the state of a file backend, else
    under `.local`.
    """
    given = environment.get("GACP_LOCAL_AWS_STORE")
    if given:
        return Path(given)
    backend = urlparse(environment.get("PULUMI_BACKEND_URL", ""))
    if backend.scheme == "file" and backend.path:
        return Path(backend.path).parent / "data/aws-provider/world.sqlite"
    root = environment.get("GACP_LOCAL_DIR") or str(Path(__file__).parents[3] / ".local")
    return Path(root) / "data/aws-provider/world.sqlite"
