import httpx
import pytest

from app.core.identity import Language
from app.core.texts import catalogue
from app.errors import DomainError

pytestmark = pytest.mark.services
MEMBERS = {"type", "title", "status", "detail", "requestId"}
OPERATORS = [
    {"$gt": ""},
    {"$ne": None},
    {"$where": "sleep(1000)"},
    ["$or", []],
    {"$regex": ".*"},
]


def problem_of(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() >= MEMBERS
    assert problem["status"] == status
    assert problem["type"].startswith("urn:gacp:problem:")
    assert problem["requestId"] == answer.headers["x-request-id"]
    return problem


async def test_a_problem_has_every_member_and_the_request_id(http):
    answer = await http.get("/api/v1/users/me", headers={"X-Request-Id": "from-the-edge-1"})
    problem = problem_of(answer, 401)
    assert problem["requestId"] == "from-the-edge-1"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("given", ["", "short", "a b c d e f g", "x" * 65, "ok-but\u0e01thai"])
async def test_a_request_id_that_would_spoil_a_log_is_replaced(http, given):
    answer = await http.get("/livez", headers={"X-Request-Id": given.encode()})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 26


async def test_a_problem_is_told_in_the_language_asked_for(http):
    thai = await http.get("/api/v1/users/me", headers={"Accept-Language": "th-TH,th;q=0.9"})
    english = await http.get("/api/v1/users/me")
    assert problem_of(thai, 401)["title"] == "กรุณาเข้าสู่ระบบก่อน"
    assert problem_of(english, 401)["title"] == "Sign in first"
    assert thai.headers["content-language"] == "th"


async def test_an_unknown_address_and_method_are_problems(http):
    problem_of(await http.get("/nowhere"), 404)
    answer = await http.delete("/api/v1/applications")
    problem_of(answer, 405)
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"", b"[1,"])
async def test_a_body_that_is_no_json_is_a_problem(http, body):
    answer = await http.post("/api/v1/auth/sign-in", content=body)
    assert answer.status_code in (400, 422)
    problem_of(answer, answer.status_code)


async def test_a_wrong_value_is_named_with_its_rule(http):
    body = {"email": "a@gacp.example", "password": "short", "name": "x"}
    problem = problem_of(await http.post("/api/v1/auth/sign-up", json=body), 422)
    assert problem["errors"] == [{"field": "password", "rule": "Expected `str` of length >= 12"}]
    assert "short" not in problem["detail"]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("field", ["email", "password"])
async def test_a_database_operator_is_refused_where_a_text_is_expected(http, field, operator):
    body = {"email": "a@gacp.example", "password": "x" * 12} | {field: operator}
    problem = problem_of(await http.post("/api/v1/auth/sign-in", json=body), 422)
    assert problem["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "query",
    [
        "state[$ne]=draft",
        "state[]=draft",
        "state%5B%24ne%5D=draft",
        "%24where=1",
        "limit=5&$or=1",
    ],
)
async def test_a_database_operator_in_the_query_is_refused(http, people, query):
    answer = await http.get(f"/api/v1/applications?{query}", headers=people.farmer.headers)
    problem_of(answer, 422)


async def test_operators_in_nested_input_are_refused(http, people):
    farm = {"name": {"$gt": ""}, "province": "x"}
    answer = await http.post(
        "/api/v1/applications",
        json={"farm": farm, "crops": [{"name": "x"}], "purpose": "new"},
        headers=people.farmer.headers,
    )
    problem_of(answer, 422)
    for body in ({"$set": {"state": "approved"}}, {"state": "approved"}, {"farm.name": "x"}):
        application_id = await people.draft(http)
        answer = await http.patch(
            f"/api/v1/applications/{application_id}", json=body, headers=people.farmer.headers
        )
        problem_of(answer, 422)
        assert (await people.stored(application_id))["state"] == "draft"


async def test_operator_like_text_is_stored_as_text(http, people):
    application = {
        "farm": {
            "name": "$gt",
            "province": "{$ne: null}",
            "district": "a",
            "address": "$where",
            "areaRai": 1,
            "latitude": 1,
            "longitude": 1,
        },
        "crops": [{"name": "$or"}],
        "purpose": "new",
    }
    made = await http.post("/api/v1/applications", json=application, headers=people.farmer.headers)
    assert made.status_code == 201
    assert made.json()["farm"]["name"] == "$gt"


async def test_a_json_body_over_its_limit_is_refused(http, people):
    body = {"farm": {"name": "x" * (1024 * 1024)}}
    answer = await http.post("/api/v1/applications", json=body, headers=people.farmer.headers)
    assert problem_of(answer, 413)["type"].endswith("too-large")


async def test_a_fault_of_ours_tells_nothing_internal(http, litestar_app, people, monkeypatch):
    async def broken(*_args):
        raise ZeroDivisionError("mongodb://admin:hunter2@10.0.0.1 /srv/app/secret.py")

    monkeypatch.setattr(litestar_app.state["platform"].users, "get", broken)
    answer = await http.get("/api/v1/users/me", headers=people.farmer.headers)
    problem = problem_of(answer, 500)
    for told in ("ZeroDivision", "mongodb", "hunter2", "secret.py", "Traceback"):
        assert told not in answer.text
    assert problem["type"].endswith("internal")


async def test_a_database_that_is_away_is_a_503_to_be_tried_again(
    http, litestar_app, people, monkeypatch
):
    from pymongo.errors import ServerSelectionTimeoutError

    async def away(*_args):
        raise ServerSelectionTimeoutError("127.0.0.1:27017: connection refused")

    monkeypatch.setattr(litestar_app.state["platform"].users, "get", away)
    answer = await http.get("/api/v1/users/me", headers=people.farmer.headers)
    problem_of(answer, 503)
    assert answer.headers["retry-after"] == "5"
    assert "27017" not in answer.text


@pytest.mark.parametrize("language", list(Language))
def test_every_refusal_has_its_texts(language):
    def kinds(base: type[DomainError]):
        for kind in base.__subclasses__():
            yield kind
            yield from kinds(kind)

    for kind in kinds(DomainError):
        assert f"problem.{kind.key}.title" in catalogue(language)
        assert f"problem.{kind.key}.detail" in catalogue(language)
