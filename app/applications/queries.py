"""Every filter and update of applications and their jobs, in one place for the operator test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.applications.states import EDITABLE, State
from app.core.connections import Document
from app.core.identity import Caller, Role
from app.core.paging import after

# Lists carry no history and no outbox: both grow, and neither is shown there.
LIST_FIELDS = {"history": 0, "outbox": 0}


def visible_to(caller: Caller, application_id: str) -> Document:
    """One application, if the caller may know of it: a farmer's own, any for staff."""
    if caller.role is Role.FARMER:
        return {"_id": application_id, "ownerId": caller.id}
    return {"_id": application_id}


def list_for(caller: Caller, state: State | None, cursor: str | None) -> Document:
    """The applications a caller sees, optionally in one state, after `cursor`."""
    filters: Document = {}
    if caller.role is Role.FARMER:
        filters["ownerId"] = caller.id
    if state is not None:
        filters["state"] = state.value
    return filters | after(cursor)


def edit(
    application_id: str, version: int, changes: Mapping[str, Any], at: datetime
) -> tuple[Document, Document]:
    """Filter and update for a correction: only from the version read, only while editable."""
    filters = {
        "_id": application_id,
        "version": version,
        "state": {"$in": sorted(state.value for state in EDITABLE)},
    }
    return filters, {"$set": {**changes, "updatedAt": at}, "$inc": {"version": 1}}


def documents_that_count(application_id: str) -> Document:
    """Documents that a submission may rest on."""
    return {"applicationId": application_id, "state": {"$in": ["received", "processed"]}}


def job(job_id: str, caller: Caller) -> Document:
    """A quality check, if the caller may know of it."""
    if caller.role is Role.FARMER:
        return {"_id": job_id, "ownerId": caller.id}
    return {"_id": job_id}
