"""The job `quality-check`: read what was submitted, then pass it on or return it to the farmer.

What a kill leaves, and what the next run does: nothing written — all of it; a result in the job's
record — the step with that result; the step taken — the rest. The step, its history and the e-mail
are one write, which the version filter lets happen once.
"""

from __future__ import annotations

from app.applications.model import (
    Application,
    Job,
    JobStatus,
    QualityCheck,
    QualityResult,
)
from app.applications.notices import RETURNED, mail_item
from app.applications.service import JOBS
from app.applications.states import Actor, State, Step
from app.applications.transitions import APPLICATIONS, StepTaken, take_step
from app.core.audit import Audit
from app.core.connections import Database
from app.core.connections import Document as Stored
from app.core.queues import Delivery, PostponedError, RefusedError
from app.core.records import from_document, now, to_document
from app.core.texts import text
from app.documents.model import Document, DocumentState
from app.documents.service import DOCUMENTS, of_application
from app.jobs.holding import Hold
from app.jobs.rules import CHECKER, assess
from app.users.model import User
from app.users.service import USERS, by_id

KIND = "quality-check"
CHECKED = "application-checked"
DOCUMENTS_WAIT_SECONDS = 1.0
_RACES = 5


class QualityCheckJob:
    """Runs the check of one submission. Idempotent."""

    def __init__(self, database: Database, audit: Audit, hold: Hold) -> None:
        self._database, self._audit, self._hold = database, audit, hold

    async def __call__(self, delivery: Delivery) -> None:
        """Raises `PostponedError` while documents are still processed."""
        application_id = str(delivery.payload["applicationId"])
        job_id = str(delivery.payload["jobId"])
        await self._set(job_id, {"status": JobStatus.ACTIVE.value}, unless=JobStatus.COMPLETED)
        for _ in range(_RACES):
            application = await self._application(application_id)
            if not _waits_for(application, job_id):
                break
            result = await self._result(application, job_id)
            await self._hold.point(f"{KIND}:after-check")
            if await self._take(application, job_id, result):
                await self._hold.point(f"{KIND}:after-step")
                break
        else:
            raise PostponedError(f"application {application_id} changes too quickly", 1)
        await self._conclude(application_id, job_id)

    async def failed(self, delivery: Delivery) -> None:
        """The check could not be made; the application stays submitted for a person to look at."""
        await self._set(
            str(delivery.payload["jobId"]),
            {"status": JobStatus.FAILED.value},
            unless=JobStatus.COMPLETED,
        )

    async def _result(self, application: Application, job_id: str) -> QualityResult:
        """The result that an earlier run wrote down, or a new one, written down."""
        found = await self._database[JOBS].find_one({"_id": job_id})
        if found is not None and (known := from_document(found, Job).result) is not None:
            return known
        documents = await self._documents(application.id)
        waiting = [one.id for one in documents if one.state is DocumentState.RECEIVED]
        if waiting:
            raise PostponedError(
                f"{len(waiting)} documents are being processed", DOCUMENTS_WAIT_SECONDS
            )
        language = (await self._owner(application)).language
        assessment = assess(application.farm, documents)
        result = QualityResult(
            checker=CHECKER,
            passed=assessment.passed,
            score=assessment.score,
            findings=[text(language, one.key, **dict(one.values)) for one in assessment.findings],
        )
        await self._set(job_id, {"result": to_document(result)}, unless=JobStatus.COMPLETED)
        return result

    async def _take(self, application: Application, job_id: str, result: QualityResult) -> bool:
        check = QualityCheck(
            job_id=job_id,
            checker=result.checker,
            passed=result.passed,
            score=result.score,
            findings=result.findings,
        )
        step = Step.PASS_CHECK if result.passed else Step.FAIL_CHECK
        return await take_step(
            self._database,
            application,
            StepTaken(step, Actor.SYSTEM, note=result.checker),
            sets={"qualityCheck": to_document(check)},
            outbox=[_mail(await self._owner(application), application, result)],
        )

    async def _conclude(self, application_id: str, job_id: str) -> None:
        """Close the job's record and note the step, from what the application says now."""
        application = await self._application(application_id)
        check = application.quality_check
        if check is None or check.job_id != job_id or check.passed is None:
            # Withdrawn before the check, or submitted anew since: nothing came of this job here.
            await self._set(job_id, {"status": JobStatus.COMPLETED.value})
            return
        result = {
            "checker": check.checker,
            "passed": check.passed,
            "score": check.score,
            "findings": check.findings,
        }
        await self._audit.record(
            "",
            "application.checked",
            f"application/{application_id}",
            {"jobId": job_id, "passed": check.passed, "score": check.score},
            "",
            key=f"application.checked.{job_id}",
        )
        await self._set(job_id, {"status": JobStatus.COMPLETED.value, "result": result})

    async def _set(self, job_id: str, fields: Stored, unless: JobStatus | None = None) -> None:
        filters: Stored = {"_id": job_id}
        if unless is not None:
            filters["status"] = {"$ne": unless.value}
        update = {"$set": {**fields, "updatedAt": now()}}
        await self._database[JOBS].update_one(filters, update)

    async def _application(self, application_id: str) -> Application:
        found = await self._database[APPLICATIONS].find_one({"_id": application_id})
        if found is None:
            raise RefusedError(f"there is no application {application_id}")
        return from_document(found, Application)

    async def _documents(self, application_id: str) -> list[Document]:
        cursor = self._database[DOCUMENTS].find(of_application(application_id), sort=[("_id", 1)])
        return [from_document(one, Document) async for one in cursor]

    async def _owner(self, application: Application) -> User:
        found = await self._database[USERS].find_one(by_id(application.owner_id))
        if found is None:
            raise RefusedError(f"application {application.id} has no owner any more")
        return from_document(found, User)


def _waits_for(application: Application, job_id: str) -> bool:
    check = application.quality_check
    return (
        application.state is State.SUBMITTED
        and check is not None
        and check.job_id == job_id
        and check.passed is None
    )


def _mail(owner: User, application: Application, result: QualityResult) -> Stored:
    if result.passed:
        return mail_item(owner, CHECKED, application, {"score": result.score})
    reason = "\n".join(f"- {finding}" for finding in result.findings)
    return mail_item(owner, RETURNED, application, {"reason": reason})
