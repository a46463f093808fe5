from datetime import timedelta

import httpx
import pytest
from litestar import Litestar, get

from app.asgi import WebRole, create_litestar, wrapped
from app.core.access import requires_access
from app.core.identity import Role
from app.core.records import from_document, now
from app.core.security import Tokens
from app.problems import HANDLERS
from app.settings import load_settings
from tests.app.access_table import API, PORTAL, V1, Row, table_of
from tests.app.environment import COMPLETE
from tests.app.people import APPLICATION, REPORT

TABLES = {WebRole.API: API, WebRole.PORTAL: PORTAL}


@pytest.mark.parametrize("role", list(WebRole))
def test_every_route_has_its_row_and_every_row_its_route(role):
    assert table_of(create_litestar(role, load_settings(COMPLETE))) == TABLES[role]


async def test_a_route_that_does_not_say_who_may_call_it_is_refused_to_everybody():
    @get("/forgotten")
    async def forgotten() -> str:
        return "secret"

    tokens = Tokens("k" * 48)
    app = Litestar([forgotten], guards=[requires_access], exception_handlers=HANDLERS)
    app.state["platform"] = type("Platform", (), {"tokens": tokens})()
    transport = httpx.ASGITransport(wrapped(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example") as client:
        token = tokens.issue("somebody", Role.ADMINISTRATOR).token
        for headers in ({}, {"Authorization": f"Bearer {token}"}):
            answer = await client.get("/forgotten", headers=headers)
            assert answer.status_code == 403
            assert "secret" not in answer.text
    assert table_of(app)["GET", "/forgotten"] is None


class World:
    """An inspected application with everything that routes can be asked about."""

    def __init__(self, people, ids):
        self.people, self.ids = people, ids

    @classmethod
    async def build(cls, http, people):
        from app.applications.model import Application

        application_id, inspection_id = await people.inspected(http)
        listed = await http.get(
            f"{V1}/applications/{application_id}/documents", headers=people.farmer.headers
        )
        stored = await people.stored(application_id)
        certificate = await people.platform.certificates.issue(
            from_document(stored, Application), people.farmer.user
        )
        return cls(
            people,
            {
                "application_id": application_id,
                "inspection_id": inspection_id,
                "document_id": listed.json()["items"][0]["id"],
                "job_id": stored["qualityCheck"]["jobId"],
                "number": certificate.number,
                "path": "openapi.json",
            },
        )

    async def call(self, http, method, path, person):
        headers = person.headers if person else {}
        body = self.body(method, path)
        return await http.request(method, path.format(**self.ids), headers=headers, **body)

    @staticmethod
    def body(method, path):
        """A valid body, so that a refusal is about the caller and nothing else."""
        if path.endswith("/documents") and method == "POST":
            return {"data": {"kind": "record"}, "files": {"file": ("a.csv", b"a,b\n")}}
        when = (now() + timedelta(days=1)).isoformat()
        bodies = {
            "sign-up": {"email": "new@gacp.example", "password": "x" * 12, "name": "ใหม่"},
            "sign-in": {"email": "new@gacp.example", "password": "x" * 12},
            "users": {
                "email": "staff@gacp.example",
                "password": "x" * 12,
                "name": "ใหม่",
                "role": "inspector",
            },
            "applications": APPLICATION,
            "{application_id}": {"purpose": "renewal"},
            "inspections": {"scheduledFor": when},
            "findings": REPORT,
            "decisions": {"outcome": "refused", "reason": "ไม่ผ่าน"},
        }
        tail = path.rpartition("/")[2]
        return {"json": bodies[tail]} if method in ("POST", "PATCH") and tail in bodies else {}


@pytest.mark.services
@pytest.mark.parametrize(("method", "path"), sorted(API.keys()))
async def test_a_route_lets_in_whom_its_row_names_and_nobody_else(http, people, method, path):
    world = await World.build(http, people)
    row = API[method, path]
    for name in ("nobody", "neighbour", "colleague", "administrator", "approver"):
        await expect(world, http, method, path, name, row)
    # Those who may change the world come last.
    for name in ("inspector", "farmer"):
        await expect(world, http, method, path, name, row)


async def expect(world, http, method, path, name, row):
    person = None if name == "nobody" else getattr(world.people, name)
    answer = await world.call(http, method, path, person)
    refused = expected_refusal(row, name, path)
    if refused is None:
        # Refusals that remain are about the world (already decided, already submitted).
        wrong_password = path.endswith("sign-in") and answer.status_code == 401
        assert wrong_password or answer.status_code not in (401, 403, 404), (name, answer.text)
    else:
        assert answer.status_code == refused, (name, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


def expected_refusal(row: Row, name: str, path: str) -> int | None:
    """The status that refuses `name`, or None where it is let in."""
    role = {"neighbour": "farmer", "colleague": "inspector"}.get(name, name)
    if row.roles is None:
        return None
    if role == "nobody":
        return 401
    if role not in row.roles:
        return 403
    if name == "colleague" and row.ownership == "assigned":
        return 403
    # A neighbour's list is simply another list; another's record does not exist for them.
    if name == "neighbour" and row.ownership.startswith("owner") and "{" in path:
        return 404
    return None


@pytest.mark.services
async def test_a_neighbours_list_does_not_show_the_farmers_application(http, people):
    application_id = await people.draft(http)
    for person, sees in ((people.farmer, True), (people.neighbour, False), (people.approver, True)):
        answer = await http.get(f"{V1}/applications", headers=person.headers)
        ids = [item["id"] for item in answer.json()["items"]]
        assert (application_id in ids) is sees
