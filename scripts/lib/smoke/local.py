"""The platform on this machine, as the smoke and load tests see it: files under `.local/`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx

from infra.local.services.endpoints import read_endpoints
from infra.local.services.layout import MARKER_VARIABLE, Layout
from infra.local.services.programs import read_programs
from scripts.lib.command import CommandError, WrongUseError
from scripts.lib.smoke.context import (
    ROLES,
    Account,
    Finished,
    as_list,
    as_object,
    read_json,
    text,
)
from scripts.lib.smoke.line import CheckFailedError

APP_SECONDS = 30.0  # start of an interpreter and a walk over the audit records
VIEW_SECONDS = 5.0
NEWEST_MAILS = 20  # a run causes a handful; the sink may hold a load test's
# The process whose environment `python -m app` borrows: each has the same one.
APPLICATION = "api-0"


class NoLocalPlatformError(CommandError):
    """This machine runs no platform that could be asked; the text says what to do."""


@dataclass(frozen=True, slots=True)
class LocalPlatform:
    """One platform of this machine; `environment` is its application's."""

    public_url: str
    mail_view: str
    repository: Path
    python: Path
    environment: Mapping[str, str]

    def app(self, *words: str) -> Finished:
        """Run `python -m app WORDS` as the application would; hanging is a `CheckFailedError`."""
        try:
            ended = subprocess.run(
                [str(self.python), "-m", "app", *words],
                cwd=self.repository,
                env=dict(self.environment),
                capture_output=True,
                text=True,
                timeout=APP_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CheckFailedError(f"`app {words[0]}` took over {APP_SECONDS:.0f} s") from error
        return Finished(ended.returncode, ended.stdout, ended.stderr)

    def mails(self, receiver: str) -> list[Mapping[str, object]]:
        """The newest messages to `receiver`, with texts. Raises httpx errors of an absent sink."""
        with httpx.Client(base_url=self.mail_view, timeout=VIEW_SECONDS) as client:
            listed = read_json(client.get("/messages", params={"to": receiver}))
            items = as_list(listed.get("items"))[-NEWEST_MAILS:]
            keys = [text(as_object(item), "id") for item in items]
            return [read_json(client.get(f"/messages/{quote(key)}")) for key in keys]


def find_local(layout: Layout) -> LocalPlatform:
    """The platform whose files `layout` names, or a `NoLocalPlatformError` saying what to do."""
    if not layout.endpoints_file.exists() or not layout.programs_file.exists():
        raise NoLocalPlatformError(
            f"no platform was started under {layout.local}: run `make up`, or give --url"
        )
    mail = read_endpoints(layout.endpoints_file)["mail"]
    program = read_programs(layout).get(APPLICATION)
    if program is None or not program.environment.get("PUBLIC_URL"):
        raise NoLocalPlatformError(
            f"{layout.programs_file} doesn't say how {APPLICATION} runs: run `make up`"
        )
    # Without the mark: a command of ours is no process of the platform, and `down` leaves it alone.
    environment = {k: v for k, v in program.environment.items() if k != MARKER_VARIABLE}
    return LocalPlatform(
        public_url=environment["PUBLIC_URL"],
        mail_view=f"http://{mail.host}:{mail.view_port}",
        repository=layout.repository,
        python=layout.python,
        environment=environment,
    )


def read_accounts(path: Path) -> dict[str, Account]:
    """Who signs in: role -> e-mail with password, or token. Unusable: `WrongUseError`."""
    try:
        content = read_object(path)
        found: dict[str, Account] = {}
        for role in ROLES:
            given = as_object(content.get(role, {}))
            if given:
                email, password = text(given, "email"), str(given.get("password", ""))
                found[role] = Account(email, password, str(given.get("token", "")))
    except (OSError, ValueError, CheckFailedError) as error:
        raise WrongUseError(
            f"{path} can't be read ({error}): it holds a JSON object role -> "
            '{"email", "password"} for the farmer, {"email", "token"} for staff'
        ) from error
    if "farmer" not in found:
        raise WrongUseError(f"{path} names no farmer: the path begins with one")
    return found


def read_object(path: Path) -> Mapping[str, object]:
    """The JSON object in a file. Raises `OSError`, `ValueError` or `CheckFailedError`."""
    return as_object(json.loads(path.read_text(encoding="utf-8")))
