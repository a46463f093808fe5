import asyncio
import secrets

import pytest

from app.core.identity import Role

pytestmark = pytest.mark.services
SIGN_UP = "/api/v1/auth/sign-up"
SIGN_IN = "/api/v1/auth/sign-in"
PASSWORD = "รหัสผ่านยาวพอควร"


def newcomer(**changes):
    email = f"u{secrets.token_hex(5)}@gacp.example"
    return {"email": email, "password": PASSWORD, "name": "สมชาย", "language": "th"} | changes


async def test_who_signs_up_is_a_farmer_and_can_sign_in(http):
    person = newcomer()
    made = await http.post(SIGN_UP, json=person)
    assert made.status_code == 201
    assert made.json()["role"] == "farmer"
    assert "password" not in made.text.lower()
    session = (await http.post(SIGN_IN, json=credentials(person))).json()
    assert session["tokenType"] == "Bearer"
    assert session["user"] == made.json()
    answer = await http.get(
        "/api/v1/users/me", headers={"Authorization": f"Bearer {session['accessToken']}"}
    )
    assert answer.json() == made.json()


async def test_nobody_chooses_a_role_at_sign_up(http):
    answer = await http.post(SIGN_UP, json=newcomer(role="administrator"))
    assert answer.status_code == 422
    assert "role" in answer.text


async def test_an_address_is_registered_once_however_it_is_spelled(http):
    person = newcomer()
    assert (await http.post(SIGN_UP, json=person)).status_code == 201
    again = await http.post(SIGN_UP, json=person | {"email": person["email"].upper()})
    assert again.status_code == 409
    assert again.json()["type"].endswith("email-taken")


async def test_of_many_sign_ups_at_once_with_one_address_one_succeeds(http):
    person = newcomer()
    answers = await asyncio.gather(*(http.post(SIGN_UP, json=person) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


async def test_unknown_address_and_wrong_password_are_told_alike(http):
    person = newcomer()
    await http.post(SIGN_UP, json=person)
    wrong = await http.post(SIGN_IN, json=credentials(person) | {"password": "wrong"})
    unknown = await http.post(SIGN_IN, json=credentials(newcomer()))
    assert wrong.status_code == unknown.status_code == 401
    assert without_id(wrong) == without_id(unknown)


async def test_the_password_lies_in_the_database_as_argon2id_with_owasp_parameters(
    http, litestar_app
):
    person = newcomer()
    await http.post(SIGN_UP, json=person)
    database = litestar_app.state["platform"].connections.database
    stored = await database["users"].find_one({"email": person["email"]})
    assert stored["passwordHash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 257])
async def test_a_password_of_the_wrong_length_is_refused(http, password):
    answer = await http.post(SIGN_UP, json=newcomer(password=password))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "password"


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@gacp.example", "a@gacp.example\n"])
async def test_what_is_no_address_is_refused(http, email):
    answer = await http.post(SIGN_UP, json=newcomer(email=email))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "email"


async def test_an_administrator_makes_staff(http, people):
    for role in Role:
        answer = await http.post(
            "/api/v1/users", json=newcomer(role=role.value), headers=people.administrator.headers
        )
        assert answer.status_code == 201
        assert answer.json()["role"] == role.value


def credentials(person):
    return {name: person[name] for name in ("email", "password")}


def without_id(answer):
    return {name: value for name, value in answer.json().items() if name != "requestId"}
