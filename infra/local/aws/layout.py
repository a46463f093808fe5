"""The tables of the record, and how a record of before becomes one of today."""

from __future__ import annotations

import sqlite3

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    token    TEXT NOT NULL,
    id       TEXT NOT NULL,
    region   TEXT NOT NULL,
    inputs   TEXT NOT NULL,
    outputs  TEXT NOT NULL,
    UNIQUE (token, id, region)
);
CREATE TABLE IF NOT EXISTS unfinished (
    token TEXT NOT NULL, id TEXT NOT NULL, urn TEXT NOT NULL, region TEXT NOT NULL,
    PRIMARY KEY (token, id, region)
);
CREATE TABLE IF NOT EXISTS link (recorded TEXT PRIMARY KEY, real TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def lay_out(db: sqlite3.Connection) -> None:
    """Make what is missing. A record of before, in which a type had one resource of an id, becomes
    one of ids by region.
    """
    db.executescript(_SCHEMA)
    if not _is_narrow(db):
        return
    db.execute("BEGIN IMMEDIATE")
    if _is_narrow(db):  # not widened by another process meanwhile
        for table in ("resource", "unfinished"):
            db.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        for statement in _SCHEMA.split(";")[:2]:
            db.execute(statement)
        db.execute("INSERT INTO resource SELECT * FROM old_resource")
        db.execute(
            "INSERT INTO unfinished SELECT token, id, urn, region FROM old_unfinished"
            " JOIN old_resource USING (token, id)"
        )
        for table in ("resource", "unfinished"):
            db.execute(f"DROP TABLE old_{table}")
    db.execute("COMMIT")


def _is_narrow(db: sqlite3.Connection) -> bool:
    described = db.execute("SELECT sql FROM sqlite_master WHERE name = 'resource'").fetchone()
    return "UNIQUE (token, id)" in described[0]
