"""Load users of this machine's platform: accounts of their own, with tokens made beforehand."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

from scripts.lib.command import CommandError
from scripts.lib.smoke.context import API, REQUEST_SECONDS
from scripts.lib.smoke.line import CheckFailedError
from scripts.lib.smoke.local import LocalPlatform

# Each costs a process that makes its token; locust's users share them seat by seat.
ACCOUNTS = 5
CREATED = 201
AT_ONCE = 2  # processes: one a core of the smallest machine


class UsersError(CommandError):
    """No load users could be made."""


def make_users(local: LocalPlatform, run: str, path: Path) -> None:
    """Sign farmers up and write their tokens to `path` (0600). Raises `UsersError`.

    Fresh accounts each time: a listing then holds what this run wrote and nothing else.
    """
    emails = [f"{run}-{number}@load.gacp.example" for number in range(ACCOUNTS)]
    _sign_up(local, emails)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tokens = list(pool.map(partial(_token, local), emails))
    path.touch(mode=0o600)
    path.chmod(0o600)
    content = [{"email": e, "token": t} for e, t in zip(emails, tokens, strict=True)]
    path.write_text(json.dumps(content), encoding="utf-8")


def _sign_up(local: LocalPlatform, emails: Sequence[str]) -> None:
    with httpx.Client(base_url=local.public_url, timeout=REQUEST_SECONDS) as client:
        for email in emails:
            person = {"email": email, "password": secrets.token_urlsafe(24)}
            person |= {"name": "ผู้ทดสอบภาระ", "language": "th"}
            try:
                answer = client.post(f"{API}/auth/sign-up", json=person)
            except httpx.TransportError as error:
                raise UsersError(
                    f"{local.public_url} does not answer ({error}): start it with `make up`"
                ) from error
            if answer.status_code != CREATED:
                raise UsersError(
                    f"signing {email} up was answered {answer.status_code}, expected 201: "
                    "see what `gacp smoke` says"
                )


def _token(local: LocalPlatform, email: str) -> str:
    try:
        made = local.app("token", "--role", "farmer", "--email", email)
    except CheckFailedError as error:
        raise UsersError(str(error)) from error
    if made.code != 0:
        raise UsersError(f"no token for {email}: {made.errors.strip()[-300:]}")
    return made.output.split()[-1]
