"""Applications: what is stored and sent. What is shown is in `views`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from app.applications.states import Actor, State, Step
from app.core.inputs import AreaRai, Latitude, Longitude, LongText, Name, ShortText
from app.core.records import Input, Stored


class Purpose(StrEnum):
    """Why a certificate is asked for."""

    NEW = "new"
    RENEWAL = "renewal"


class Outcome(StrEnum):
    """What an approver decides."""

    APPROVED = "approved"
    REFUSED = "refused"
    RETURNED = "returned"


OUTCOME_STEP = {
    Outcome.APPROVED: Step.APPROVE,
    Outcome.REFUSED: Step.REFUSE,
    Outcome.RETURNED: Step.RETURN,
}


class Farm(Stored):
    """The farm as its owner describes it. Position in degrees (WGS 84), area in rai."""

    name: Name
    province: Name
    district: Name
    address: ShortText
    area_rai: AreaRai
    latitude: Latitude
    longitude: Longitude


class FarmInput(Farm, forbid_unknown_fields=True):
    """A farm as it is sent; stored ones may carry fields of a later release."""


class Crop(Stored):
    """A medicinal plant that the farm grows, and the part that is used."""

    name: Name
    scientific_name: Name | None = None
    part: Name | None = None


class CropInput(Crop, forbid_unknown_fields=True):
    """A crop as it is sent."""


Crops = Annotated[list[CropInput], Meta(min_length=1, max_length=50)]


class NewApplication(Input):
    """What a farmer files. Documents follow."""

    farm: FarmInput
    crops: Crops
    purpose: Purpose


class ApplicationChange(Input):
    """What a farmer corrects; what is absent stays. With `version`, only that one is changed."""

    farm: FarmInput | UnsetType = UNSET
    crops: Crops | UnsetType = UNSET
    purpose: Purpose | UnsetType = UNSET
    version: int | UnsetType = UNSET


class NewDecision(Input):
    """An approver's decision; the reason is read by the farmer."""

    outcome: Outcome
    reason: LongText


class HistoryEntry(Stored):
    """One step that was taken. `actor_id` is empty for the platform itself."""

    at: datetime
    step: Step
    origin: State = field(name="from")
    to: State
    actor: Actor
    actor_id: str = ""
    note: str = ""


class OutboxItem(Stored):
    """Work that was accepted with this write; the relay moves it to a queue and removes it."""

    id: str
    kind: str
    payload: dict[str, Any]
    created_at: datetime


class QualityCheck(Stored):
    """The check that the last submission asked for, with its result once the worker has it."""

    job_id: str
    checker: str | None = None
    passed: bool | None = None
    score: int | None = None
    findings: list[str] = field(default_factory=list[str])


class PlannedInspection(Stored):
    """The visit that counts for this application; findings lie in `inspections`."""

    id: str
    inspector_id: str
    scheduled_for: datetime
    score: int | None = None
    summary: str | None = None


class Decision(Stored):
    """What was decided, by whom and why."""

    id: str
    outcome: Outcome
    reason: str
    approver_id: str
    decided_at: datetime


class Application(Stored):
    """One farm's request for a certificate. `version` grows with every write (compare and set)."""

    id: str = field(name="_id")
    owner_id: str
    farm: Farm
    crops: list[Crop]
    purpose: Purpose
    state: State
    version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None = None
    quality_check: QualityCheck | None = None
    inspection: PlannedInspection | None = None
    decision: Decision | None = None
    certificate_number: str | None = None
    history: list[HistoryEntry] = field(default_factory=list[HistoryEntry])
    outbox: list[OutboxItem] = field(default_factory=list[OutboxItem])


class JobStatus(StrEnum):
    """Where a quality check stands."""

    QUEUED = "queued"
    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"


class QualityResult(Stored):
    """What the check found. `checker` says who checked (`local-rules`); `score` is 0 to 100."""

    checker: str
    passed: bool
    score: int
    findings: list[str] = field(default_factory=list[str])


class Job(Stored):
    """The record of a quality check (collection `jobs`); Redis only delivers it."""

    id: str = field(name="_id")
    kind: str
    application_id: str
    owner_id: str
    status: JobStatus
    created_at: datetime
    updated_at: datetime
    result: QualityResult | None = None
