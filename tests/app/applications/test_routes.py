import asyncio

import pytest

from app.applications.states import State, Step
from tests.app.people import APPLICATION, FARM

pytestmark = pytest.mark.services
BASE = "/api/v1/applications"


async def test_thai_data_comes_back_letter_for_letter(http, people):
    application_id = await people.draft(http)
    shown = (await http.get(f"{BASE}/{application_id}", headers=people.farmer.headers)).json()
    assert shown["farm"] == FARM
    assert shown["crops"] == APPLICATION["crops"]
    assert shown["state"] == "draft"
    assert shown["version"] == 1
    assert shown["allowed"] == ["submit", "withdraw"]


async def test_the_location_of_a_new_application_leads_to_it(http, people):
    made = await http.post(BASE, json=APPLICATION, headers=people.farmer.headers)
    found = await http.get(made.headers["location"], headers=people.farmer.headers)
    assert found.json() == made.json()


async def test_a_correction_changes_what_it_names_and_nothing_else(http, people):
    application_id = await people.draft(http)
    changed = await http.patch(
        f"{BASE}/{application_id}", json={"purpose": "renewal"}, headers=people.farmer.headers
    )
    assert changed.status_code == 200
    assert changed.json()["purpose"] == "renewal"
    assert changed.json()["farm"] == FARM
    assert changed.json()["version"] == 2


async def test_a_correction_of_an_older_version_is_refused(http, people):
    application_id = await people.draft(http)
    change = {"purpose": "renewal", "version": 1}
    url = f"{BASE}/{application_id}"
    assert (await http.patch(url, json=change, headers=people.farmer.headers)).status_code == 200
    again = await http.patch(url, json=change, headers=people.farmer.headers)
    assert again.status_code == 409
    assert again.json()["type"].endswith("changed-meanwhile")


async def test_what_was_submitted_is_not_corrected(http, people):
    application_id, _ = await people.submitted(http)
    answer = await http.patch(
        f"{BASE}/{application_id}", json={"purpose": "renewal"}, headers=people.farmer.headers
    )
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("not-editable")


async def test_a_submission_without_a_document_is_refused(http, people):
    application_id = await people.draft(http)
    answer = await http.post(f"{BASE}/{application_id}/submit", headers=people.farmer.headers)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("no-documents")
    assert (await people.stored(application_id))["state"] == "draft"


async def test_a_submission_accepts_its_work_in_the_same_write(http, people):
    application_id, job_id = await people.submitted(http)
    stored = await people.stored(application_id)
    assert stored["state"] == "submitted"
    work = {item["kind"]: item["payload"] for item in stored["outbox"]}
    assert work["quality-check"] == {"applicationId": application_id, "jobId": job_id}
    mail = work["send-email"]
    assert mail["to"] == people.farmer.user.email
    assert mail["template"] == "application-submitted"
    assert mail["language"] == "th"
    assert application_id in mail["messageKey"]


@pytest.mark.parametrize("base", ["/api/v1/ai-qc/status", "/ai-qc/status"])
async def test_the_status_of_a_check_is_told_under_both_spellings(http, people, base):
    _, job_id = await people.submitted(http)
    answer = await http.get(f"{base}/{job_id}", headers=people.farmer.headers)
    assert answer.json() == {"jobId": job_id, "status": "queued"}


async def test_of_many_submissions_at_once_one_is_accepted(http, people):
    application_id = await people.draft(http)
    await people.document(http, application_id)
    url = f"{BASE}/{application_id}/submit"
    answers = await asyncio.gather(
        *(http.post(url, headers=people.farmer.headers) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7
    stored = await people.stored(application_id)
    assert [item["kind"] for item in stored["outbox"]].count("quality-check") == 1
    assert len(stored["history"]) == 1


async def test_a_refused_step_names_the_steps_that_are_allowed(http, people):
    application_id = await people.checked(http)
    answer = await http.post(f"{BASE}/{application_id}/submit", headers=people.farmer.headers)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"].endswith("transition-refused")
    assert problem["allowed"] == ["withdraw"]
    assert problem["state"] == "checked"


async def test_a_returned_application_is_corrected_and_submitted_again(http, people):
    application_id, _ = await people.submitted(http)
    await people.system_step(application_id, Step.FAIL_CHECK)
    url = f"{BASE}/{application_id}"
    corrected = await http.patch(
        url, json={"farm": FARM | {"areaRai": 9.5}}, headers=people.farmer.headers
    )
    assert corrected.json()["farm"]["areaRai"] == 9.5
    again = await http.post(f"{url}/submit", headers=people.farmer.headers)
    assert again.status_code == 202


async def test_a_withdrawn_application_stays_so(http, people):
    application_id = await people.draft(http)
    url = f"{BASE}/{application_id}/withdraw"
    assert (await http.post(url, headers=people.farmer.headers)).json()["state"] == "withdrawn"
    again = await http.post(url, headers=people.farmer.headers)
    assert again.status_code == 409
    assert again.json()["allowed"] == []


@pytest.mark.parametrize(
    ("outcome", "state", "work"),
    [
        ("approved", "approved", "issue-certificate"),
        ("refused", "refused", "send-email"),
        ("returned", "returned", "send-email"),
    ],
)
async def test_a_decision_leads_to_its_state_with_its_work(http, people, outcome, state, work):
    application_id, _ = await people.inspected(http)
    before = await kinds(people, application_id)
    answer = await http.post(
        f"{BASE}/{application_id}/decisions",
        json={"outcome": outcome, "reason": "ตามผลการตรวจ"},
        headers=people.approver.headers,
    )
    assert answer.status_code == 201
    assert answer.json()["outcome"] == outcome
    stored = await people.stored(application_id)
    assert stored["state"] == state
    assert stored["decision"]["approverId"] == people.approver.user.id
    assert (await kinds(people, application_id))[len(before) :] == [work]


async def test_of_two_decisions_at_once_one_counts(http, people):
    application_id, _ = await people.inspected(http)
    url = f"{BASE}/{application_id}/decisions"
    answers = await asyncio.gather(
        *(
            http.post(
                url,
                json={"outcome": outcome, "reason": "ตามผลการตรวจ"},
                headers=people.approver.headers,
            )
            for outcome in ("approved", "refused") * 3
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    stored = await people.stored(application_id)
    winner = next(answer for answer in answers if answer.status_code == 201).json()
    assert stored["decision"]["id"] == winner["id"]
    assert stored["state"] == winner["outcome"]


async def test_the_history_tells_every_step_and_every_audited_change(http, people):
    application_id, _ = await people.inspected(http)
    told = (
        await http.get(f"{BASE}/{application_id}/history", headers=people.farmer.headers)
    ).json()
    steps = ["submit", "pass-check", "plan-inspection", "record-findings"]
    assert [entry["step"] for entry in told["steps"]] == steps
    assert [(entry["from"], entry["to"]) for entry in told["steps"]][:1] == [("draft", "submitted")]
    actions = [entry["action"] for entry in told["audit"]]
    assert actions[:2] == ["application.created", "document.added"]
    assert (await people.platform.audit.verify()).intact


@pytest.mark.parametrize("state", list(State))
async def test_a_list_can_be_asked_for_one_state(http, people, state):
    application_id = await people.draft(http)
    await people.force_state(application_id, state)
    for asked in (State.DRAFT, State.APPROVED):
        answer = await http.get(BASE, params={"state": asked.value}, headers=people.farmer.headers)
        assert len(answer.json()["items"]) == (1 if asked is state else 0)


async def test_pages_hold_every_application_once_newest_first(http, people):
    made = [await people.draft(http) for _ in range(7)]
    seen, cursor = [], None
    for _ in range(4):
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await http.get(BASE, params=params, headers=people.farmer.headers)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 101}, {"cursor": "abc"}, {"state": "lost"}, {"limit": "x"}]
)
async def test_a_page_that_cannot_be_is_refused(http, people, params):
    answer = await http.get(BASE, params=params, headers=people.farmer.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def kinds(people, application_id):
    return [item["kind"] for item in (await people.stored(application_id))["outbox"]]
