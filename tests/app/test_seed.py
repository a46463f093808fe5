import json
import secrets

import msgspec
import pytest

from app.core.identity import Role
from app.core.records import is_id
from app.seed import Accounts, AccountsError, read_accounts, seed


def accounts(password: str) -> dict:
    return {
        role.value: {"email": f"{role}@gacp.example", "password": f"{password}-{role}"}
        for role in Role
    }


def made(password: str) -> Accounts:
    return msgspec.convert(accounts(password), Accounts)


@pytest.mark.services
async def test_seeding_twice_makes_everything_once(http, litestar_app):
    platform = litestar_app.state["platform"]
    first = await seed(platform, made("correct-horse"))
    second = await seed(platform, made("correct-horse"))
    assert first == second
    assert first.startswith("TEST-")
    database = platform.connections.database
    counts = [
        await database[name].count_documents({})
        for name in ("users", "applications", "certificates")
    ]
    assert counts == [len(Role), 1, 1]
    assert is_id((await database["applications"].find_one({}))["_id"])


@pytest.mark.services
async def test_seeded_accounts_sign_in_with_their_role_also_after_new_passwords(http, litestar_app):
    platform = litestar_app.state["platform"]
    for password in ("correct-horse", "battery-staple"):
        await seed(platform, made(password))
        for role in Role:
            answer = await http.post("/api/v1/auth/sign-in", json=accounts(password)[role.value])
            assert answer.status_code == 200
            assert answer.json()["user"]["role"] == role
    old = await http.post("/api/v1/auth/sign-in", json=accounts("correct-horse")["farmer"])
    assert old.status_code == 401


@pytest.mark.services
async def test_the_seeded_certificate_can_be_checked_by_anyone(http, litestar_app):
    number = await seed(litestar_app.state["platform"], made("correct-horse"))
    answer = await http.get(f"/api/v1/public/certificates/{number}")
    assert answer.status_code == 200
    assert answer.json()["status"] == "valid"
    assert answer.json()["number"] == number


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        ("{", "must hold an object"),
        ("{}", "farmer, inspector, approver and administrator"),
        (
            json.dumps(accounts("") | {"farmer": {"email": "f@x.example", "password": "short"}}),
            "12",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_told_without_its_passwords(tmp_path, content, says):
    path = tmp_path / "accounts.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(AccountsError, match=says) as refusal:
        read_accounts(path)
    assert str(path) in str(refusal.value)
    assert "short" not in str(refusal.value)


def test_a_good_file_is_read(tmp_path):
    path = tmp_path / "accounts.json"
    password = secrets.token_urlsafe(16)
    path.write_text(json.dumps(accounts(password)), encoding="utf-8")
    assert read_accounts(path) == made(password)
