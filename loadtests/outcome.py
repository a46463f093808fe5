"""Asks after a run what became of every accepted write: stored once, and processed."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from loadtests.facts import Accepted, Outcome, RunFacts
from loadtests.settings import LoadUser

API = "/api/v1"
REQUEST_SECONDS = 10
PAGE = 100
# Within one address's limit at the edge (100 a second) even when nothing else is slow.
PAUSE_SECONDS = 0.02
# A worker killed in the middle gives its job back after about 30 s (BullMQ's stalled check).
GRACE_SECONDS = 30.0
PROCESSED_STATES = {"checked", "returned"}
MARKER = re.compile(r"[\w.]+-\d+-\d+$")


class OutcomeError(RuntimeError):
    """The platform did not say what became of the writes."""


@dataclass(slots=True)
class Stored:
    """What one owner's listing holds of one run."""

    markers: Counter[str] = field(default_factory=Counter[str])
    identities: Counter[str] = field(default_factory=Counter[str])
    states: dict[str, str] = field(default_factory=dict[str, str])


def check_outcome(
    url: str,
    run: str,
    users: Iterable[LoadUser],
    facts: RunFacts,
    queue_rate: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Ask until everything is processed, or the backlog had its time (`queue_rate` jobs a second).

    Raises `OutcomeError` where the platform doesn't answer.
    """
    people = {user.email: user for user in users}
    with requests.Session() as session:
        reader = Reader(session, url, sleep)
        submitted = [one for one in facts.accepted if one.kind == "submission"]
        documents = [one for one in facts.accepted if one.kind == "document"]
        started = clock()
        deadline = started + GRACE_SECONDS + (len(submitted) + len(documents)) / queue_rate
        while True:
            stored = reader.applications(run, people.values())
            waiting = [
                one.application
                for one in submitted
                # What is not stored is lost, and no waiting brings it back.
                if stored.states.get(one.application, "checked") not in PROCESSED_STATES
            ]
            if not waiting or clock() > deadline:
                break
            sleep(0.5)
        lost, unprocessed = _documents(reader, people, documents, lambda: clock() > deadline, sleep)
        return Outcome(
            accepted=len(facts.accepted),
            lost=(*lost, *_lost_applications(facts, stored)),
            doubled=tuple(
                sorted(
                    name
                    for counts in (stored.markers, stored.identities)
                    for name, count in counts.items()
                    if count > 1
                )
            ),
            unexpected=_unexpected(facts, stored),
            unprocessed=(*waiting, *unprocessed),
            waited_seconds=clock() - started,
        )


class Reader:
    """Reads over HTTP as the owners of what was written."""

    def __init__(self, session: requests.Session, url: str, sleep: Callable[[float], None]) -> None:
        self._session, self._url, self._sleep = session, url.rstrip("/"), sleep

    def applications(self, run: str, people: Iterable[LoadUser]) -> Stored:
        """Every stored application of the run, page by page, of all owners."""
        stored = Stored()
        for person in people:
            cursor = ""
            while True:
                page = self.get(f"{API}/applications?limit={PAGE}{cursor}", person)
                for item in page["items"]:
                    _note(stored, item, run)
                if not page.get("nextCursor"):
                    break
                cursor = f"&cursor={page['nextCursor']}"
        return stored

    def documents(self, application: str, person: LoadUser) -> Mapping[str, str]:
        """Document id -> state."""
        page = self.get(f"{API}/applications/{application}/documents", person)
        return {item["id"]: item["state"] for item in page["items"]}

    def get(self, path: str, person: LoadUser) -> dict[str, Any]:
        """One answer's JSON."""
        self._sleep(PAUSE_SECONDS)
        headers = {"Authorization": f"Bearer {person.token}"}
        try:
            answer = self._session.get(
                f"{self._url}{path}", headers=headers, timeout=REQUEST_SECONDS
            )
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException as error:
            raise OutcomeError(f"GET {path} as {person.email}: {error}") from error


def _note(stored: Stored, item: Mapping[str, Any], run: str) -> None:
    found = MARKER.search(item["farm"]["name"])
    if found and found.group().startswith(f"{run}-"):
        stored.markers[found.group()] += 1
        stored.identities[item["id"]] += 1
        stored.states[item["id"]] = item["state"]


def _lost_applications(facts: RunFacts, stored: Stored) -> tuple[str, ...]:
    accepted = (one for one in facts.accepted if one.kind == "application")
    return tuple(one.identity for one in accepted if one.identity not in stored.identities)


def _unexpected(facts: RunFacts, stored: Stored) -> tuple[str, ...]:
    known = {one.marker for one in facts.accepted if one.marker} | set(facts.uncertain)
    return tuple(sorted(marker for marker in stored.markers if marker not in known))


def _documents(
    reader: Reader,
    people: Mapping[str, LoadUser],
    accepted: list[Accepted],
    late: Callable[[], bool],
    sleep: Callable[[float], None],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of documents that are not stored, and of those that nobody processed in time."""
    waiting, lost = list(accepted), []
    while waiting:
        still: list[Accepted] = []
        for one in waiting:
            state = reader.documents(one.application, people[one.owner]).get(one.identity)
            if state is None:
                lost.append(one.identity)
            elif state == "received":
                still.append(one)
        waiting = still
        if not waiting or late():
            break
        sleep(0.5)
    return tuple(lost), tuple(one.identity for one in waiting)
