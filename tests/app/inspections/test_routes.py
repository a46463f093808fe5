from datetime import timedelta

import pytest

from app.core.records import now
from tests.app.people import REPORT

pytestmark = pytest.mark.services


async def test_findings_make_the_application_inspected(http, people):
    application_id, inspection_id = await people.inspected(http)
    stored = await people.stored(application_id)
    assert stored["state"] == "inspected"
    assert stored["inspection"]["id"] == inspection_id
    assert stored["inspection"]["score"] == REPORT["score"]
    assert stored["inspection"]["summary"] == REPORT["summary"]
    shown = await http.get(f"/api/v1/inspections/{inspection_id}", headers=people.farmer.headers)
    assert shown.json()["findings"] == REPORT["findings"]
    assert shown.json()["state"] == "recorded"


async def test_the_farmer_is_told_of_the_visit(http, people):
    application_id, _ = await people.planned(http)
    mails = [
        item["payload"]
        for item in (await people.stored(application_id))["outbox"]
        if item["kind"] == "send-email"
    ]
    assert mails[-1]["template"] == "inspection-planned"
    assert mails[-1]["to"] == people.farmer.user.email


async def test_only_the_inspector_of_the_visit_records_findings(http, people):
    application_id, inspection_id = await people.planned(http)
    answer = await http.post(
        f"/api/v1/inspections/{inspection_id}/findings",
        json=REPORT,
        headers=people.colleague.headers,
    )
    assert answer.status_code == 403
    assert (await people.stored(application_id))["state"] == "inspection-planned"


async def test_findings_are_recorded_once(http, people):
    _, inspection_id = await people.inspected(http)
    answer = await http.post(
        f"/api/v1/inspections/{inspection_id}/findings",
        json=REPORT | {"score": 1},
        headers=people.inspector.headers,
    )
    assert answer.status_code == 409
    shown = await http.get(f"/api/v1/inspections/{inspection_id}", headers=people.inspector.headers)
    assert shown.json()["score"] == REPORT["score"]


async def test_a_visit_is_planned_only_after_the_check(http, people):
    application_id, _ = await people.submitted(http)
    answer = await plan(http, people, application_id, now() + timedelta(days=1))
    assert answer.status_code == 409
    count = await people.platform.connections.database["inspections"].count_documents({})
    assert count == 0


@pytest.mark.parametrize("days", [-2, 400])
async def test_a_time_that_is_no_appointment_is_refused(http, people, days):
    application_id = await people.checked(http)
    answer = await plan(http, people, application_id, now() + timedelta(days=days))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "scheduledFor"


async def test_a_time_without_a_zone_is_refused(http, people):
    application_id = await people.checked(http)
    answer = await http.post(
        f"/api/v1/applications/{application_id}/inspections",
        json={"scheduledFor": "2026-12-01T09:00:00"},
        headers=people.inspector.headers,
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "change",
    [{"score": 101}, {"score": -1}, {"score": 9.5}, {"findings": []}, {"summary": " "}],
)
async def test_findings_outside_their_bounds_are_refused(http, people, change):
    _, inspection_id = await people.planned(http)
    answer = await http.post(
        f"/api/v1/inspections/{inspection_id}/findings",
        json=REPORT | change,
        headers=people.inspector.headers,
    )
    assert answer.status_code == 422


async def plan(http, people, application_id, when):
    return await http.post(
        f"/api/v1/applications/{application_id}/inspections",
        json={"scheduledFor": when.isoformat()},
        headers=people.inspector.headers,
    )
