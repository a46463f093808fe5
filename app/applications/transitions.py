"""Steps as single-document writes: the state, its history and the accepted work change together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.applications.model import Application, HistoryEntry
from app.applications.states import Actor, Step, next_state
from app.core.connections import Database
from app.core.records import now, to_document

APPLICATIONS = "applications"


@dataclass(frozen=True, slots=True)
class StepTaken:
    """Who takes which step; `actor_id` is empty for the platform itself."""

    step: Step
    actor: Actor
    actor_id: str = ""
    note: str = ""


def transition_write(
    application: Application,
    taken: StepTaken,
    *,
    sets: Mapping[str, Any] | None = None,
    outbox: Sequence[Mapping[str, Any]] = (),
    at: datetime | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Filter and update for a step from the version that was read.

    `sets` are stored names with their values, `outbox` items of `app.core.outbox.item`.
    Raises `TransitionRefused`.
    """
    to = next_state(application.state, taken.step, taken.actor)
    moment = at or now()
    entry = HistoryEntry(
        at=moment,
        step=taken.step,
        origin=application.state,
        to=to,
        actor=taken.actor,
        actor_id=taken.actor_id,
        note=taken.note,
    )
    pushes: dict[str, Any] = {"history": to_document(entry)}
    if outbox:
        pushes["outbox"] = {"$each": [dict(item) for item in outbox]}
    update = {
        "$set": {"state": to.value, "updatedAt": moment, **(sets or {})},
        "$inc": {"version": 1},
        "$push": pushes,
    }
    return {"_id": application.id, "version": application.version}, update


async def take_step(
    database: Database,
    application: Application,
    taken: StepTaken,
    *,
    sets: Mapping[str, Any] | None = None,
    outbox: Sequence[Mapping[str, Any]] = (),
) -> bool:
    """Write a step. False if the application changed since it was read: read again and decide anew.

    Raises `TransitionRefused`.
    """
    filters, update = transition_write(application, taken, sets=sets, outbox=outbox)
    result = await database[APPLICATIONS].update_one(filters, update)
    return result.modified_count == 1
