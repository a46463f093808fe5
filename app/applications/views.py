"""Applications as callers see them."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from app.applications.model import (
    Application,
    Crop,
    Decision,
    Farm,
    HistoryEntry,
    JobStatus,
    PlannedInspection,
    Purpose,
    QualityCheck,
    QualityResult,
)
from app.applications.states import Actor, State, Step, allowed_steps
from app.core.records import View


class ApplicationView(View):
    """An application as its owner and staff see it, with the steps open to the caller."""

    id: str
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
    allowed: list[Step] = field(default_factory=list[Step])


class AuditView(View):
    """One audited change: who did what, when."""

    at: datetime
    actor_id: str
    action: str
    request_id: str = ""


class HistoryView(View):
    """Steps taken and changes audited, oldest first."""

    steps: list[HistoryEntry]
    audit: list[AuditView]


class Submission(View):
    """The answer to a submission: work was accepted, ask for `job_id`."""

    job_id: str
    status: str
    application: ApplicationView


class JobView(View):
    """A job as its owner and staff see it."""

    job_id: str
    status: JobStatus
    result: QualityResult | None = None


def view_of(application: Application, actor: Actor) -> ApplicationView:
    """The application for a caller who acts as `actor`."""
    return ApplicationView(
        id=application.id,
        owner_id=application.owner_id,
        farm=application.farm,
        crops=application.crops,
        purpose=application.purpose,
        state=application.state,
        version=application.version,
        created_at=application.created_at,
        updated_at=application.updated_at,
        submitted_at=application.submitted_at,
        quality_check=application.quality_check,
        inspection=application.inspection,
        decision=application.decision,
        certificate_number=application.certificate_number,
        allowed=allowed_steps(application.state, actor),
    )
