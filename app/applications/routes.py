"""Applications, decisions and quality checks over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from app.applications.model import ApplicationChange, Decision, NewApplication, NewDecision
from app.applications.service import ApplicationService
from app.applications.states import Actor, State
from app.applications.views import (
    ApplicationView,
    AuditView,
    HistoryView,
    JobView,
    Submission,
    view_of,
)
from app.core.identity import (
    Caller,
    Ownership,
    Role,
    requires_owner_or_staff,
    requires_role,
)
from app.core.paging import DEFAULT, MOST, Page

_owner = requires_role(Role.FARMER, ownership=Ownership.OWNER)


def _actor(caller: Caller) -> Actor:
    return Actor(caller.role.value)


@post("/applications", opt=requires_role(Role.FARMER))
async def create_application(
    data: JSONBody[NewApplication],
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
    request_id: NamedDependency[str],
) -> Response[ApplicationView]:
    """File a draft."""
    application = await applications.create(data, caller, request_id)
    return Response(
        view_of(application, _actor(caller)),
        headers={"Location": f"/api/v1/applications/{application.id}"},
    )


@get("/applications", opt=requires_owner_or_staff())
async def list_applications(
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
    cursor: Annotated[str | None, QueryParameter(max_length=100)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = DEFAULT,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
) -> Page[ApplicationView]:
    """Own applications of a farmer, all for staff, newest first."""
    found, following = await applications.page(caller, in_state, cursor, limit)
    actor = _actor(caller)
    return Page(items=[view_of(one, actor) for one in found], next_cursor=following)


@get("/applications/{application_id:str}", opt=requires_owner_or_staff())
async def get_application(
    application_id: FromPath[str],
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
) -> ApplicationView:
    """One application."""
    return view_of(await applications.get(caller, application_id), _actor(caller))


@patch("/applications/{application_id:str}", opt=_owner)
async def change_application(
    application_id: FromPath[str],
    data: JSONBody[ApplicationChange],
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
    request_id: NamedDependency[str],
) -> ApplicationView:
    """Correct a draft or a returned application."""
    changed = await applications.change(data, caller, application_id, request_id)
    return view_of(changed, _actor(caller))


@post("/applications/{application_id:str}/submit", opt=_owner, status_code=202)
async def submit_application(
    application_id: FromPath[str],
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
    request_id: NamedDependency[str],
) -> Submission:
    """Hand in for the quality check; ask for the job afterwards."""
    job_id, application = await applications.submit(caller, application_id, request_id)
    return Submission(
        job_id=job_id, status="queued", application=view_of(application, _actor(caller))
    )


@post("/applications/{application_id:str}/withdraw", opt=_owner, status_code=200)
async def withdraw_application(
    application_id: FromPath[str],
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
    request_id: NamedDependency[str],
) -> ApplicationView:
    """End an application for good."""
    application = await applications.withdraw(caller, application_id, request_id)
    return view_of(application, _actor(caller))


@post("/applications/{application_id:str}/decisions", opt=requires_role(Role.APPROVER))
async def decide_application(
    application_id: FromPath[str],
    data: JSONBody[NewDecision],
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
    request_id: NamedDependency[str],
) -> Decision:
    """Approve, refuse or return what was inspected."""
    return await applications.decide(data, caller, application_id, request_id)


@get("/applications/{application_id:str}/history", opt=requires_owner_or_staff())
async def application_history(
    application_id: FromPath[str],
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
) -> HistoryView:
    """Steps and audited changes."""
    steps, records = await applications.history(caller, application_id)
    return HistoryView(
        steps=steps,
        audit=[
            AuditView(
                at=record["at"],
                actor_id=record["actorId"],
                action=record["action"],
                request_id=record.get("requestId", ""),
            )
            for record in records
        ],
    )


async def _quality_status(
    job_id: FromPath[str],
    caller: NamedDependency[Caller],
    applications: NamedDependency[ApplicationService],
) -> JobView:
    job = await applications.job(caller, job_id)
    return JobView(job_id=job.id, status=job.status, result=job.result)


# The same handler under the canonical base and, by its old spelling, at the root (reference.md).
quality_status = get("/ai-qc/status/{job_id:str}", opt=requires_owner_or_staff())(_quality_status)
root_quality_status = get(
    "/ai-qc/status/{job_id:str}", opt=requires_owner_or_staff(), include_in_schema=False
)(_quality_status)

router = Router(
    "/",
    route_handlers=[
        create_application,
        list_applications,
        get_application,
        change_application,
        submit_application,
        withdraw_application,
        decide_application,
        application_history,
        quality_status,
    ],
    tags=["applications"],
)
