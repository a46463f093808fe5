"""What the lines share: the client, what earlier lines found, and how answers are read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

import httpx

from scripts.lib.smoke.line import CheckFailedError

API = "/api/v1"
STAFF = ("inspector", "approver", "administrator")
ROLES = ("farmer", *STAFF)

# Slowest step on two busy cores is the worker's first PDF (fonts are read); the rest is a margin.
QUEUE_SECONDS = 20.0
WHOLE_RUN_SECONDS = 45.0
REQUEST_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.25  # seconds between two looks; each pause is half longer


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signs in. `token` stands in for a sign-in where one was handed to us."""

    email: str
    password: str = field(repr=False, default="")
    token: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended: exit code and texts."""

    code: int
    output: str
    errors: str


class Local(Protocol):
    """What only the machine that runs the platform can be asked."""

    def app(self, *words: str) -> Finished:
        """Run `python -m app WORDS` with the environment of the running application."""
        ...

    def mails(self, receiver: str) -> list[Mapping[str, object]]:
        """The newest messages to `receiver` in the mail sink, with their texts, oldest first."""
        ...


@dataclass(slots=True)
class Found:
    """Facts that lines hand on. Empty until the line that finds them passed."""

    tokens: dict[str, str] = field(default_factory=dict[str, str])
    marker: str = ""
    application: str = ""
    documents: dict[str, str] = field(default_factory=dict[str, str])  # file name -> document id
    job: str = ""
    inspection: str = ""
    certificate: str = ""


@dataclass(slots=True)
class Context:
    """One run against one address.

    `public_url` is what certificates' QR codes start with; `local` is None away from the machine
    that runs the platform; `seeded` is the number of a certificate known to exist, or "".
    """

    client: httpx.Client
    public_url: str
    accounts: Mapping[str, Account]
    local: Local | None = None
    seeded: str = ""
    found: Found = field(default_factory=Found)
    clock: Callable[[], float] = time.monotonic
    ends_at: float = 0.0

    def __post_init__(self) -> None:
        self.ends_at = self.ends_at or self.clock() + WHOLE_RUN_SECONDS

    def ask(
        self,
        method: str,
        path: str,
        *,
        role: str | None = None,
        expect: int = 200,
        body: object = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request and hold its status to `expect`; `role` chooses the token."""
        headers = {"Accept-Encoding": "identity"}
        if role is not None:
            headers["Authorization"] = f"Bearer {self.found.tokens[role]}"
        answer = self.client.request(
            method,
            path,
            headers=headers,
            json=body,
            files=files,
            data=form,
            timeout=max(0.1, min(REQUEST_SECONDS, self.left())),
        )
        if answer.status_code != expect:
            raise CheckFailedError(
                f"{method} {path} answered {answer.status_code}, expected {expect}{_reason(answer)}"
            )
        return answer

    def left(self) -> float:
        """Seconds that the whole run may still take."""
        return self.ends_at - self.clock()

    def wait[T](self, what: str, look: Callable[[], T | None], seconds: float = QUEUE_SECONDS) -> T:
        """Look until `look` answers something, at most `seconds` and no longer than the run."""
        until = self.clock() + min(seconds, self.left())
        pause = FIRST_PAUSE
        while (seen := look()) is None:
            if self.clock() >= until:
                raise CheckFailedError(f"{what}: not so after {min(seconds, QUEUE_SECONDS):.0f} s")
            time.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 1.5)
        return seen


def _reason(answer: httpx.Response) -> str:
    """The sentence of a problem answer, as `: sentence`, or nothing."""
    try:
        problem = as_object(json.loads(answer.content))
    except (ValueError, CheckFailedError):
        return ""
    detail = problem.get("detail") or problem.get("title")
    return f": {detail}" if detail else ""


def read_json(answer: httpx.Response) -> Mapping[str, object]:
    """The JSON object of an answer."""
    try:
        return as_object(json.loads(answer.content))
    except ValueError as error:
        raise CheckFailedError(f"{answer.request.url.path} did not answer JSON: {error}") from error


def as_object(value: object) -> Mapping[str, object]:
    """`value`, held to be a JSON object."""
    if not isinstance(value, dict):
        raise CheckFailedError(f"expected a JSON object, got {type(value).__name__}")
    return cast("Mapping[str, object]", value)


def as_list(value: object) -> list[object]:
    """`value`, held to be a JSON list."""
    if not isinstance(value, list):
        raise CheckFailedError(f"expected a JSON list, got {type(value).__name__}")
    return cast("list[object]", value)


def text(body: Mapping[str, object], name: str) -> str:
    """A field that must be a text with something in it."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise CheckFailedError(f"field {name!r} is {value!r}, expected a text")
    return value


def hold(seen: object, expected: object, what: str) -> None:
    """Fail unless both are equal."""
    if seen != expected:
        raise CheckFailedError(f"{what} is {seen!r}, expected {expected!r}")
