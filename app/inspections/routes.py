"""Inspections over HTTP."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.identity import (
    Caller,
    Ownership,
    Role,
    requires_owner_or_staff,
    requires_role,
)
from app.inspections.model import FindingsReport, InspectionView, NewInspection, view_of
from app.inspections.service import InspectionService


@post("/applications/{application_id:str}/inspections", opt=requires_role(Role.INSPECTOR))
async def plan_inspection(
    application_id: FromPath[str],
    data: JSONBody[NewInspection],
    caller: NamedDependency[Caller],
    inspections: NamedDependency[InspectionService],
    request_id: NamedDependency[str],
) -> InspectionView:
    """Plan a visit; the caller becomes its inspector."""
    return view_of(await inspections.plan(data, caller, application_id, request_id))


@get("/inspections/{inspection_id:str}", opt=requires_owner_or_staff())
async def get_inspection(
    inspection_id: FromPath[str],
    caller: NamedDependency[Caller],
    inspections: NamedDependency[InspectionService],
) -> InspectionView:
    """One visit with its findings."""
    return view_of(await inspections.get(caller, inspection_id))


@post(
    "/inspections/{inspection_id:str}/findings",
    opt=requires_role(Role.INSPECTOR, ownership=Ownership.ASSIGNED),
    status_code=200,
)
async def record_findings(
    inspection_id: FromPath[str],
    data: JSONBody[FindingsReport],
    caller: NamedDependency[Caller],
    inspections: NamedDependency[InspectionService],
    request_id: NamedDependency[str],
) -> InspectionView:
    """Record findings and a score; the application becomes `inspected`."""
    return view_of(await inspections.report(data, caller, inspection_id, request_id))


router = Router(
    "/", route_handlers=[plan_inspection, get_inspection, record_findings], tags=["inspections"]
)
