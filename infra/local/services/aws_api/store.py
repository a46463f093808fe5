"""The file that outlives the process: one SQLite database in write-ahead mode, one row a thing.

A transaction is committed before its request is answered. SQLite hands the commit to the operating
system then, so a killed process loses nothing of it; a power cut may lose the last commits, and
leaves a readable file.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

FORMAT = "1"
BUSY_SECONDS = 5.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (
    kind TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL,
    content BLOB NOT NULL, bodies TEXT NOT NULL,
    PRIMARY KEY (kind, scope, name)
);
"""


class StoreError(RuntimeError):
    """The store cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kept thing: a backend, a bucket, or all versions of an object.

    `kind` is backend, bucket or object; `scope` what it belongs to (service, or bucket); `bodies`
    the digests of the contents it needs.
    """

    kind: str
    scope: str
    name: str
    content: bytes
    bodies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Removal:
    """A row that is gone; an empty `name` takes all of the scope."""

    kind: str
    scope: str
    name: str = ""


class Store:
    """The database file in `folder`. Callers serialise their calls."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise StoreError(
                f"{folder} is in use by another AWS API process: stop that one first"
            ) from error
        self._database = sqlite3.connect(
            folder / "state.sqlite",
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(SCHEMA)
        self._check_writer(folder)

    def _check_writer(self, folder: Path) -> None:
        writer = f"format {FORMAT}, moto {version('moto')}"
        self._database.execute("INSERT OR IGNORE INTO about VALUES ('writer', ?)", (writer,))
        (found,) = self._database.execute("SELECT value FROM about WHERE name='writer'").fetchone()
        if found != writer:
            raise StoreError(
                f"{folder} was written by {found}, this is {writer}: its objects may not fit. Go "
                "back to that version to read them, or remove the local data with `make clean`"
            )

    def rows(self, kind: str) -> Iterator[Row]:
        """All rows of a kind."""
        found = self._database.execute(
            "SELECT scope, name, content, bodies FROM state WHERE kind=?", (kind,)
        )
        for scope, name, content, bodies in found:
            yield Row(kind, scope, name, content, frozenset(bodies.split()))

    def bodies(self) -> set[str]:
        """The digests of all contents in use."""
        used: set[str] = set()
        for (bodies,) in self._database.execute("SELECT bodies FROM state WHERE bodies != ''"):
            used.update(bodies.split())
        return used

    def save(self, rows: Iterable[Row], removals: Iterable[Removal]) -> None:
        """Make all the changes, or none. Raises `sqlite3.Error` when the disk refuses them."""
        with self._transaction() as database:
            for removal in removals:
                if removal.name:
                    database.execute(
                        "DELETE FROM state WHERE kind=? AND scope=? AND name=?",
                        (removal.kind, removal.scope, removal.name),
                    )
                else:
                    database.execute(
                        "DELETE FROM state WHERE kind=? AND scope=?", (removal.kind, removal.scope)
                    )
            database.executemany(
                "INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?)",
                [
                    (row.kind, row.scope, row.name, row.content, " ".join(sorted(row.bodies)))
                    for row in rows
                ],
            )

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def close(self) -> None:
        self._database.close()
        self._lock.close()
