"""Farmers who file applications while something is killed, and remember what was accepted."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from loadtests.facts import Accepted, RunFacts
from loadtests.outcome import check_outcome
from loadtests.photograph import photograph
from loadtests.settings import LoadUser
from scripts.lib.smoke.path import application_body
from tests.e2e.running import wait_until

API = "/api/v1"
REQUEST_SECONDS = 10
# Two at once, each with a pause: the edge lets 100 requests a second of one address through.
WRITERS = 2
PAUSE_SECONDS = 0.05
# Jobs a second that the worker does at the least, for the deadline of what was accepted.
QUEUE_RATE = 1.0
# An e-mail whose worker was killed is sent again when its job is found stalled (about 30 s).
MAIL_SECONDS = 90


@dataclass(slots=True)
class Writers:
    """Writes until told to stop; `facts` holds what was accepted and what has no clear answer."""

    url: str
    user: LoadUser
    run: str = field(default_factory=lambda: f"kill{uuid4().hex[:8]}")
    facts: RunFacts = field(default_factory=RunFacts)
    refused: Counter[str] = field(default_factory=Counter)
    # Markers of applications whose submission was sent and had no clear answer: done, or not.
    unanswered: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def count(self, kind: str) -> int:
        """Accepted writes of a kind so far."""
        return sum(one.kind == kind for one in list(self.facts.accepted))

    @contextmanager
    def writing(self) -> Iterator[Writers]:
        """Write while the block runs; no write is in flight after it."""
        threads = [
            threading.Thread(target=self._write, args=(seat,), daemon=True)
            for seat in range(WRITERS)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(timeout=3 * REQUEST_SECONDS)
                assert not thread.is_alive(), "a request outlived its own deadline"

    def _write(self, seat: int) -> None:
        image = photograph()
        headers = {"Authorization": f"Bearer {self.user.token}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=REQUEST_SECONDS) as client:
            number = 0
            while not self._stop.wait(PAUSE_SECONDS):
                self._one(client, f"{self.run}-{seat}-{number}", image)
                number += 1

    def _one(self, client: httpx.Client, marker: str, image: bytes) -> None:
        """One application as far as it gets; whatever was accepted is remembered."""
        try:
            made = client.post(f"{API}/applications", json=application_body(marker))
        except httpx.HTTPError as error:
            self._unclear(marker, type(error).__name__)
            return
        if made.status_code != 201:
            self._unclear(marker, str(made.status_code))
            return
        identity = made.json()["id"]
        self._accept("application", identity, identity, marker)
        try:
            path = f"{API}/applications/{identity}"
            file = {"file": ("field.jpg", image, "image/jpeg")}
            sent = client.post(f"{path}/documents", data={"kind": "photo"}, files=file)
            if sent.status_code != 201:
                self.refused[str(sent.status_code)] += 1
                return
            self._accept("document", sent.json()["id"], identity)
            submitted = client.post(f"{path}/submit")
            if submitted.status_code != 202:
                self.unanswered.append(marker)
                self.refused[str(submitted.status_code)] += 1
                return
            self._accept("submission", submitted.json()["jobId"], identity)
        except httpx.HTTPError as error:
            self.unanswered.append(marker)
            self.refused[type(error).__name__] += 1

    def _unclear(self, marker: str, why: str) -> None:
        # A gateway's 502 may stand for a write that was done: only 201 and a 4xx are clear.
        self.facts.uncertain.append(marker)
        self.refused[why] += 1

    def _accept(self, kind: str, identity: str, application: str, marker: str = "") -> None:
        self.facts.accepted.append(Accepted(kind, identity, application, self.user.email, marker))

    def hold(self) -> None:
        """Nothing accepted is lost, nothing is there twice, everything is worked off, once."""
        outcome = check_outcome(self.url, self.run, [self.user], self.facts, QUEUE_RATE)
        assert outcome.lost == (), "accepted, and not stored"
        assert outcome.doubled == (), "stored twice"
        assert outcome.unexpected == (), "stored, though refused"
        assert outcome.unprocessed == (), f"not worked off after {outcome.waited_seconds:.0f} s"
        self._hold_steps()

    def hold_mails(self, view: str) -> None:
        """Each submission was told of twice, taken and worked off, and of neither again.

        One whose answer the kill cut off was either done, and told of twice, or not done.
        """
        names = {one.identity: one.marker for one in self.facts.accepted if one.marker}
        submitted = [
            names[one.application] for one in self.facts.accepted if one.kind == "submission"
        ]

        def told() -> bool:
            counts = Counter(self._subjects(view))
            done = [marker for marker in self.unanswered if counts[marker]]
            return counts == Counter([*submitted, *done] * 2)

        wait_until("two e-mails for each submission", told, MAIL_SECONDS)

    def _subjects(self, view: str) -> list[str]:
        """The marker in each different message of this run; a repeat has the same Message-ID."""
        address = f"{view}/messages"
        listed = httpx.get(address, params={"to": self.user.email}, timeout=REQUEST_SECONDS)
        found = (re.search(rf"{self.run}-\d+-\d+", m["subject"]) for m in listed.json()["items"])
        return [match.group() for match in found if match]

    def _hold_steps(self) -> None:
        """Each submission went from `submitted` on once, however often its job ran."""
        headers = {"Authorization": f"Bearer {self.user.token}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=REQUEST_SECONDS) as client:
            for one in self.facts.accepted:
                if one.kind != "submission":
                    continue
                history = client.get(f"{API}/applications/{one.application}/history")
                history.raise_for_status()
                origins = Counter(step["from"] for step in history.json()["steps"])
                assert origins == {"draft": 1, "submitted": 1}, one.application


def enough(writers: Writers, submissions: int) -> bool:
    """Whether the writers are in the middle of it."""
    return writers.count("submission") >= submissions
