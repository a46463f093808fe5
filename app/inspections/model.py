"""Inspections: what is stored, sent and shown."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from app.core.inputs import LongText, Name, Score
from app.core.records import Input, Stored, View


class InspectionState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    RECORDED = "recorded"


class Finding(Stored):
    """One criterion and whether the farm meets it."""

    criterion: Name
    conforms: bool
    note: Annotated[str, Meta(max_length=2000)] = ""


class FindingInput(Finding, forbid_unknown_fields=True):
    """A finding as it is sent."""


class NewInspection(Input):
    """When the inspector comes; a time with its zone, in the future."""

    scheduled_for: Annotated[datetime, Meta(tz=True)]


class FindingsReport(Input):
    """What the inspector found; `score` is 0 to 100."""

    findings: Annotated[list[FindingInput], Meta(min_length=1, max_length=200)]
    score: Score
    summary: LongText


class Inspection(Stored):
    """A visit. It counts only while its application points to it (`application.inspection.id`)."""

    id: str = field(name="_id")
    application_id: str
    owner_id: str
    inspector_id: str
    scheduled_for: datetime
    state: InspectionState
    version: int
    created_at: datetime
    findings: list[Finding] = field(default_factory=list[Finding])
    score: int | None = None
    summary: str | None = None
    recorded_at: datetime | None = None


class InspectionView(View):
    """A visit as the owner and staff see it."""

    id: str
    application_id: str
    inspector_id: str
    scheduled_for: datetime
    state: InspectionState
    findings: list[Finding] = field(default_factory=list[Finding])
    score: int | None = None
    summary: str | None = None
    recorded_at: datetime | None = None


def view_of(inspection: Inspection) -> InspectionView:
    return InspectionView(
        id=inspection.id,
        application_id=inspection.application_id,
        inspector_id=inspection.inspector_id,
        scheduled_for=inspection.scheduled_for,
        state=inspection.state,
        findings=inspection.findings,
        score=inspection.score,
        summary=inspection.summary,
        recorded_at=inspection.recorded_at,
    )
