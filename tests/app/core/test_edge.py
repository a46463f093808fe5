import httpx
import pytest
from litestar import Litestar, get, post
from litestar.params import FromPath
from prometheus_client import generate_latest

from app.core.access import requires_access
from app.core.edge import MOST_BODY, Edge
from app.core.identity import Role, allows_anyone, requires_role
from app.core.security import Tokens
from app.core.telemetry import REGISTRY
from app.problems import HANDLERS

TOKENS = Tokens("k" * 48)


@get("/edge-things/{number:int}", opt=allows_anyone())
async def thing(number: FromPath[int]) -> dict[str, int]:
    return {"number": number}


@get("/edge-counted/{number:int}", opt=allows_anyone())
async def counted(number: FromPath[int]) -> dict[str, int]:
    return {"number": number}


@get("/edge-staff", opt=requires_role(Role.APPROVER))
async def staff() -> str:
    return "for approvers"


@post("/edge-things", opt=allows_anyone())
async def take() -> None:
    return None


@pytest.fixture
async def client():
    app = Litestar(
        [thing, counted, staff, take], guards=[requires_access], exception_handlers=HANDLERS
    )
    transport = httpx.ASGITransport(Edge(app, lambda: TOKENS))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example") as made:
        yield made


def bearer(role: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKENS.issue('somebody', role).token}"}


async def test_requests_are_counted_by_route_template_and_never_by_path(client):
    for number in (101, 202):
        await client.get(f"/edge-counted/{number}")
    await client.get("/edge-nowhere/303")
    told = generate_latest(REGISTRY).decode()
    assert 'route="/edge-counted/{number}",status="200"} 2.0' in told
    assert 'route="unmatched",status="404"}' in told
    for secret in ("101", "202", "edge-nowhere"):
        assert f"/{secret}" not in told


async def test_a_method_of_somebodys_own_makes_no_label(client):
    await client.request("FROBNICATE", "/edge-things/1")
    assert "FROBNICATE" not in generate_latest(REGISTRY).decode()


async def test_head_answers_as_get_does_without_the_body(client):
    whole = await client.get("/edge-things/7")
    head = await client.head("/edge-things/7")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == whole.headers["content-length"]


async def test_the_role_in_the_token_decides(client):
    assert (await client.get("/edge-staff")).status_code == 401
    assert (await client.get("/edge-staff", headers=bearer(Role.FARMER))).status_code == 403
    assert (await client.get("/edge-staff", headers=bearer(Role.APPROVER))).status_code == 200


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer ", "Basic eDp5", "Bearer a.b.c", "bearer\u00a0x"]
)
async def test_a_header_that_holds_no_token_of_ours_signs_nobody_in(client, value):
    answer = await client.get("/edge-staff", headers={"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401


async def test_a_bad_token_does_not_hinder_a_public_route(client):
    answer = await client.get("/edge-things/1", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 200


@pytest.mark.parametrize("length", [str(MOST_BODY + 1), "-1", "1e9", "9" * 30])
async def test_an_announced_body_over_the_limit_is_refused_before_it_is_read(client, length):
    answer = await client.post("/edge-things", headers={"Content-Length": length})
    assert answer.status_code == 413
