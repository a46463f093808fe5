"""Inspections: planning a visit and recording what was found."""

from __future__ import annotations

from datetime import timedelta

from app.applications.model import Application, PlannedInspection
from app.applications.notices import INSPECTION_PLANNED, notice
from app.applications.service import ApplicationService, Write
from app.applications.states import Actor, Step, next_state
from app.core.connections import Database, Document
from app.core.identity import Caller, Role
from app.core.records import from_document, new_id, now, to_document
from app.errors import ChangedMeanwhile, Forbidden, Invalid, NotFound
from app.inspections.model import FindingsReport, Inspection, InspectionState, NewInspection

INSPECTIONS = "inspections"
# A visit of earlier today may still be filed; nobody plans further than a year.
_EARLIEST, _LATEST = timedelta(days=-1), timedelta(days=366)


def by_id(inspection_id: str) -> Document:
    return {"_id": inspection_id}


def record(inspection: Inspection, report: FindingsReport) -> tuple[Document, Document]:
    """Filter and update for findings, from the version read."""
    stored = to_document(report)
    return (
        {"_id": inspection.id, "version": inspection.version},
        {
            "$set": {
                "findings": stored["findings"],
                "score": report.score,
                "summary": report.summary,
                "state": InspectionState.RECORDED.value,
                "recordedAt": now(),
            },
            "$inc": {"version": 1},
        },
    )


class InspectionService:
    """Use cases of inspections. The application is the truth: a visit counts once it points to it.

    Two documents change, one after the other. A crash in between leaves a visit that no
    application points to, or findings that the inspector files again; never a step without them.
    """

    def __init__(self, database: Database, applications: ApplicationService) -> None:
        self._database, self._applications = database, applications
        self._inspections = database[INSPECTIONS]

    async def plan(
        self, request: NewInspection, caller: Caller, application_id: str, request_id: str
    ) -> Inspection:
        """Plan a visit by the caller. Raises `TransitionRefused`, `Invalid` for a time that is no
        appointment."""
        moment = now()
        if not moment + _EARLIEST < request.scheduled_for < moment + _LATEST:
            raise Invalid("scheduledFor", "a time from today to a year ahead")
        application = await self._applications.get(caller, application_id)
        next_state(application.state, Step.PLAN_INSPECTION, Actor(caller.role.value))
        inspection = Inspection(
            id=new_id(),
            application_id=application_id,
            owner_id=application.owner_id,
            inspector_id=caller.id,
            scheduled_for=request.scheduled_for,
            state=InspectionState.PLANNED,
            version=1,
            created_at=moment,
        )
        await self._inspections.insert_one(to_document(inspection))

        async def write(application: Application) -> Write:
            planned = PlannedInspection(
                id=inspection.id,
                inspector_id=caller.id,
                scheduled_for=request.scheduled_for,
            )
            when = request.scheduled_for.isoformat()
            mails = await notice(self._database, application, INSPECTION_PLANNED, scheduledFor=when)
            return Write({"inspection": to_document(planned)}, mails)

        await self._applications.step(
            caller, application_id, Step.PLAN_INSPECTION, request_id, write
        )
        return inspection

    async def get(self, caller: Caller, inspection_id: str) -> Inspection:
        """A visit, for staff and for the farm's owner. Raises `NotFound`."""
        found = await self._inspections.find_one(by_id(inspection_id))
        if found is None:
            raise NotFound
        inspection = from_document(found, Inspection)
        if caller.role is Role.FARMER and inspection.owner_id != caller.id:
            raise NotFound
        return inspection

    async def report(
        self, request: FindingsReport, caller: Caller, inspection_id: str, request_id: str
    ) -> Inspection:
        """Record findings, by the inspector of the visit alone. Raises `Forbidden`,
        `TransitionRefused`."""
        inspection = await self.get(caller, inspection_id)
        if inspection.inspector_id != caller.id:
            raise Forbidden
        application = await self._applications.get(caller, inspection.application_id)
        next_state(application.state, Step.RECORD_FINDINGS, Actor(caller.role.value))
        if application.inspection is None or application.inspection.id != inspection_id:
            raise NotFound
        filters, update = record(inspection, request)
        if (await self._inspections.update_one(filters, update)).modified_count != 1:
            raise ChangedMeanwhile

        async def write(_application: Application) -> Write:
            outcome = {"inspection.score": request.score, "inspection.summary": request.summary}
            return Write(outcome, [])

        await self._applications.step(
            caller, inspection.application_id, Step.RECORD_FINDINGS, request_id, write
        )
        return await self.get(caller, inspection_id)
