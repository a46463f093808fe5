"""Applications: filing, correcting, submitting, withdrawing, deciding."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from app.applications import queries
from app.applications.model import (
    OUTCOME_STEP,
    Application,
    ApplicationChange,
    Decision,
    HistoryEntry,
    Job,
    JobStatus,
    NewApplication,
    NewDecision,
    Outcome,
    QualityCheck,
)
from app.applications.notices import REFUSED, RETURNED, SUBMITTED, notice
from app.applications.states import EDITABLE, Actor, State, Step, next_state
from app.applications.transitions import APPLICATIONS, StepTaken, transition_write
from app.core.audit import Audit
from app.core.connections import STATEMENT_SECONDS, Connections, Document
from app.core.identity import Caller
from app.core.outbox import announce, item
from app.core.paging import NEWEST_FIRST, cut
from app.core.records import from_document, new_id, now, to_document
from app.errors import ChangedMeanwhile, NoDocuments, NotEditable, NotFound

JOBS = "jobs"
DOCUMENTS = "documents"
# A step that lost a race reads again and decides anew; who loses this often should see it.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Write:
    """What a step changes beside the state, and the work that it accepts."""

    sets: dict[str, Any]
    outbox: list[Document]


type Plan = Callable[[Application], Awaitable[Write]]


class ApplicationService:
    """Use cases of applications. All writes are compare-and-set on `version`."""

    def __init__(self, connections: Connections, audit: Audit) -> None:
        self._database = connections.database
        self._redis = connections.redis_queue
        self._audit = audit
        self._applications = self._database[APPLICATIONS]

    async def create(self, request: NewApplication, caller: Caller, request_id: str) -> Application:
        """File a draft for the caller."""
        moment = now()
        application = Application(
            id=new_id(),
            owner_id=caller.id,
            farm=request.farm,
            crops=list(request.crops),
            purpose=request.purpose,
            state=State.DRAFT,
            version=1,
            created_at=moment,
            updated_at=moment,
        )
        await self._applications.insert_one(to_document(application))
        await self._note(caller, "application.created", application.id, {}, request_id)
        return application

    async def get(self, caller: Caller, application_id: str) -> Application:
        """One application. Raises `NotFound` for none, and for another farmer's."""
        found = await self._applications.find_one(queries.visible_to(caller, application_id))
        if found is None:
            raise NotFound
        return from_document(found, Application)

    async def page(
        self, caller: Caller, state: State | None, cursor: str | None, limit: int
    ) -> tuple[list[Application], str | None]:
        """A page of what the caller may see, newest first, and the cursor to the next."""
        found = await self._applications.find(
            queries.list_for(caller, state, cursor),
            queries.LIST_FIELDS,
            sort=NEWEST_FIRST,
            limit=limit + 1,
            max_time_ms=STATEMENT_SECONDS * 1000,
        ).to_list()
        documents, following = cut(found, limit)
        return [from_document(one, Application) for one in documents], following

    async def change(
        self, request: ApplicationChange, caller: Caller, application_id: str, request_id: str
    ) -> Application:
        """Correct a draft or a returned application. Raises `NotEditable`, `ChangedMeanwhile`."""
        application = await self.get(caller, application_id)
        if application.state not in EDITABLE:
            raise NotEditable(state=application.state.value)
        expected = application.version if request.version is msgspec.UNSET else request.version
        changes = {name: value for name, value in to_document(request).items() if name != "version"}
        filters, update = queries.edit(application_id, expected, changes, now())
        written = await self._applications.update_one(filters, update)
        if written.modified_count != 1:
            raise ChangedMeanwhile
        detail = {"fields": sorted(changes)}
        await self._note(caller, "application.changed", application_id, detail, request_id)
        return await self.get(caller, application_id)

    async def submit(
        self, caller: Caller, application_id: str, request_id: str
    ) -> tuple[str, Application]:
        """Hand in for the quality check; the job's id and the application.

        The job's record is written first: if the step then fails nobody was told its id, whereas
        an accepted submission always has its record. Raises `NoDocuments`, `TransitionRefused`.
        """
        moment = now()
        job_id = new_id()

        async def plan(application: Application) -> Write:
            if not await self._has_documents(application_id):
                raise NoDocuments
            record = Job(
                id=job_id,
                kind="quality-check",
                application_id=application_id,
                owner_id=application.owner_id,
                status=JobStatus.QUEUED,
                created_at=moment,
                updated_at=moment,
            )
            await self._database[JOBS].update_one(
                {"_id": job_id}, {"$setOnInsert": to_document(record)}, upsert=True
            )
            check = item("quality-check", {"applicationId": application_id, "jobId": job_id})
            mails = await notice(self._database, application, SUBMITTED)
            quality_check = to_document(QualityCheck(job_id=job_id))
            return Write({"submittedAt": moment, "qualityCheck": quality_check}, [check, *mails])

        application = await self.step(caller, application_id, Step.SUBMIT, request_id, plan)
        return job_id, application

    async def withdraw(self, caller: Caller, application_id: str, request_id: str) -> Application:
        """End an application for good. Raises `TransitionRefused`."""

        async def plan(_application: Application) -> Write:
            return Write({}, [])

        return await self.step(caller, application_id, Step.WITHDRAW, request_id, plan)

    async def decide(
        self, request: NewDecision, caller: Caller, application_id: str, request_id: str
    ) -> Decision:
        """Approve, refuse or return what was inspected. Approval accepts the certificate's making
        in the same write. Raises `TransitionRefused`."""
        decision = Decision(
            id=new_id(),
            outcome=request.outcome,
            reason=request.reason,
            approver_id=caller.id,
            decided_at=now(),
        )

        async def plan(application: Application) -> Write:
            sets = {"decision": to_document(decision)}
            if request.outcome is Outcome.APPROVED:
                # Its e-mail follows the certificate, not the decision.
                return Write(sets, [item("issue-certificate", {"applicationId": application_id})])
            template = REFUSED if request.outcome is Outcome.REFUSED else RETURNED
            mails = await notice(self._database, application, template, reason=request.reason)
            return Write(sets, mails)

        await self.step(caller, application_id, OUTCOME_STEP[request.outcome], request_id, plan)
        return decision

    async def job(self, caller: Caller, job_id: str) -> Job:
        """A quality check's record. Raises `NotFound` for none, and for another farmer's."""
        found = await self._database[JOBS].find_one(queries.job(job_id, caller))
        if found is None:
            raise NotFound
        return from_document(found, Job)

    async def history(
        self, caller: Caller, application_id: str
    ) -> tuple[list[HistoryEntry], list[Document]]:
        """Steps taken and audit records of an application, oldest first."""
        application = await self.get(caller, application_id)
        records = await self._audit.of(f"application/{application_id}")
        return application.history, records

    async def step(
        self, caller: Caller, application_id: str, step: Step, request_id: str, plan: Plan
    ) -> Application:
        """Take a step that the table allows, with the write that `plan` makes of what was read.

        Raises `TransitionRefused`, `NotFound`, and `ChangedMeanwhile` after lost races.
        """
        actor = Actor(caller.role.value)
        for _ in range(ATTEMPTS):
            application = await self.get(caller, application_id)
            next_state(application.state, step, actor)  # before the plan spends anything
            write = await plan(application)
            filters, update = transition_write(
                application,
                StepTaken(step, actor, caller.id),
                sets=write.sets,
                outbox=write.outbox,
            )
            if (await self._applications.update_one(filters, update)).modified_count == 1:
                if write.outbox:
                    await announce(self._redis)
                await self._note(caller, f"application.{step}", application_id, {}, request_id)
                return await self.get(caller, application_id)
        raise ChangedMeanwhile

    async def _has_documents(self, application_id: str) -> bool:
        found = await self._database[DOCUMENTS].find_one(
            queries.documents_that_count(application_id), {"_id": 1}
        )
        return found is not None

    async def _note(
        self, caller: Caller, action: str, application_id: str, detail: Document, request_id: str
    ) -> None:
        subject = f"application/{application_id}"
        await self._audit.record(caller.id, action, subject, detail, request_id)
