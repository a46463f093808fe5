"""Every index in one table; `migrate` makes what is missing and never drops."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo import ASCENDING, DESCENDING, IndexModel

from app.core.connections import Database

UP, DOWN = ASCENDING, DESCENDING


@dataclass(frozen=True, slots=True)
class Index:
    """An index: `keys` in order. Unique only on fields that every document has; no partial, text,
    sparse or collated ones, which the three databases do not share."""

    collection: str
    keys: tuple[tuple[str, int], ...]
    unique: bool = False

    @property
    def name(self) -> str:
        return "_".join(f"{key}_{order}" for key, order in self.keys)


INDEXES = (
    Index("users", (("email", UP),), unique=True),
    Index("users", (("role", UP),)),
    Index("users", (("outbox.id", UP),)),
    Index("applications", (("ownerId", UP), ("createdAt", DOWN), ("_id", DOWN))),
    Index("applications", (("state", UP), ("createdAt", DOWN), ("_id", DOWN))),
    Index("applications", (("createdAt", DOWN), ("_id", DOWN))),
    Index("applications", (("farm.province", UP), ("state", UP))),
    Index("applications", (("outbox.id", UP),)),
    Index("documents", (("applicationId", UP), ("kind", UP))),
    Index("documents", (("outbox.id", UP),)),
    Index("inspections", (("applicationId", UP),)),
    Index("inspections", (("inspectorId", UP), ("state", UP))),
    Index("certificates", (("number", UP),), unique=True),
    Index("certificates", (("applicationId", UP),), unique=True),
    Index("certificates", (("validUntil", UP),)),
    Index("certificates", (("outbox.id", UP),)),
    Index("jobs", (("applicationId", UP),)),
    Index("audit", (("key", UP),), unique=True),
    Index("audit", (("subject", UP), ("_id", UP))),
    Index("work", (("state", UP), ("_id", UP))),
)


async def create_indexes(database: Database) -> int:
    """Make every index of the table; how many there are. Repeating it changes nothing."""
    for collection in sorted({index.collection for index in INDEXES}):
        models = [
            IndexModel(list(index.keys), name=index.name, unique=index.unique)
            for index in INDEXES
            if index.collection == collection
        ]
        await database[collection].create_indexes(models)
    return len(INDEXES)


async def missing_indexes(database: Database) -> list[Index]:
    """Indexes of the table that the database does not have."""
    missing: list[Index] = []
    for index in INDEXES:
        present = await database[index.collection].index_information()
        if index.name not in present:
            missing.append(index)
    return missing
