import time

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from app.core.identity import Caller, Role
from app.core.security import (
    ISSUER,
    LONGEST_LIFE_SECONDS,
    REMEMBERED_TOKENS,
    Passwords,
    TokenRefused,
    Tokens,
)

SECRET = "a secret of more than thirty-two bytes in all"


def signed(secret=SECRET, header=None, **changes):
    begin = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": "somebody",
        "role": "farmer",
        "iat": begin,
        "exp": begin + 60,
    } | changes
    present = {name: value for name, value in claims.items() if value is not None}
    header = header or {"alg": "HS256"}
    return jwt.encode(header, present, OctKey.import_key(secret), algorithms=[header["alg"]])


@pytest.mark.parametrize("role", list(Role))
def test_a_token_stands_for_the_person_it_was_issued_to(role):
    tokens = Tokens(SECRET)
    issued = tokens.issue("somebody", role)
    assert tokens.verify(issued.token) == Caller("somebody", role)


def test_a_token_signed_as_ours_is_accepted():
    """The forged ones below differ from this one in a single thing each."""
    assert Tokens(SECRET).verify(signed()) == Caller("somebody", Role.FARMER)


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "another secret of more than thirty-two bytes"},
        {"iss": "somebody else"},
        {"iss": None},
        {"sub": None},
        {"role": None},
        {"role": "king"},
        {"role": {"$ne": "farmer"}},
        {"exp": None},
        {"exp": int(time.time()) - 1},
        {"exp": int(time.time()) + LONGEST_LIFE_SECONDS + 3600},
        {"exp": "tomorrow"},
        {"iat": None},
    ],
)
def test_a_token_that_is_not_ours_or_not_good_is_refused(changes):
    with pytest.raises(TokenRefused):
        Tokens(SECRET).verify(signed(**changes))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(TokenRefused):
        Tokens(SECRET).verify(token)


def test_the_token_does_not_choose_its_algorithm():
    token = signed(secret="k" * 64, header={"alg": "HS512"})
    with pytest.raises(TokenRefused):
        Tokens("k" * 64).verify(token)


def test_a_remembered_token_ends_when_its_time_is_over(monkeypatch):
    tokens = Tokens(SECRET)
    token = tokens.issue("somebody", Role.FARMER, 60).token
    assert tokens.verify(token)
    later = time.time() + 61
    monkeypatch.setattr("app.core.security.time.time", lambda: later)
    with pytest.raises(TokenRefused, match="expired"):
        tokens.verify(token)


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_LIFE_SECONDS + 1])
def test_no_token_lives_longer_than_a_day(seconds):
    with pytest.raises(ValueError, match="86400"):
        Tokens(SECRET).issue("somebody", Role.FARMER, seconds)


def test_only_so_many_tokens_are_remembered(monkeypatch):
    monkeypatch.setattr("app.core.security.REMEMBERED_TOKENS", 3)
    tokens = Tokens(SECRET)
    for number in range(5):
        tokens.verify(tokens.issue(f"p{number}", Role.FARMER).token)
    assert len(tokens._verified) == 3
    assert REMEMBERED_TOKENS > 1000


async def test_a_password_matches_its_hash_and_no_other():
    passwords = Passwords()
    stored = await passwords.hash("รหัสผ่านยาวพอ")
    assert await passwords.matches("รหัสผ่านยาวพอ", stored)
    assert not await passwords.matches("รหัสผ่านอื่น", stored)
    assert not await passwords.matches("รหัสผ่านยาวพอ", None)
    assert not await passwords.matches("รหัสผ่านยาวพอ", "no hash at all")
    passwords.close()


async def test_an_unknown_user_costs_a_whole_verification(monkeypatch):
    passwords = Passwords()
    asked = []
    monkeypatch.setattr(
        passwords, "_hasher", type("Hasher", (), {"verify": lambda _, h, p: asked.append(h)})()
    )
    assert not await passwords.matches("x", None)
    assert asked == [passwords._dummy]
    passwords.close()
