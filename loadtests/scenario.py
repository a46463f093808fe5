"""The smoke scenario: farmers who read, file applications and ask what became of them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import gevent
from locust import HttpUser, constant_throughput, events, task
from locust.env import Environment

from loadtests.facts import Accepted
from loadtests.photograph import photograph
from loadtests.recorder import Recorder
from loadtests.settings import Settings, settings_from_environment

API = "/api/v1"
REQUEST_SECONDS = 10
# Shares of the reads; a third of all requests walk the path (about one application a second of
# 20 users, which the worker keeps up with).
READS = {"list": 8, "detail": 6, "verify": 5, "health": 2}
SHARE_OF_PATH = 1 / 3
LOOKS_AT_STATUS = 3  # of each job, unless it is done earlier

SETTINGS: Settings = settings_from_environment()
RECORDER = Recorder(SETTINGS.facts_path, SETTINGS.count, SETTINGS.seconds)
PHOTOGRAPH = photograph()
_seats = itertools.count()


@events.init.add_listener
def _listen(environment: Environment, **_: object) -> None:
    RECORDER.listen(environment)


class Farmer(HttpUser):
    """Sends `rate` requests a second, each one request of the mix or the path's next."""

    wait_time = constant_throughput(SETTINGS.rate)

    def on_start(self) -> None:
        """Take a seat: a token, a mark, a phase of its own."""
        self.seat = next(_seats)
        self.person = SETTINGS.users[self.seat % len(SETTINGS.users)]
        # Seeded by the seat: two runs of one profile send the same mix.
        self.random = random.Random(self.seat)
        self.client.headers["Authorization"] = f"Bearer {self.person.token}"
        self.applications: list[str] = []
        self.path = self._walk()
        # Without it all users send in the same instant of each second.
        gevent.sleep(self.random.random() / SETTINGS.rate)

    @task
    def one_request(self) -> None:
        """One step: the offered rate is the number of users times the rate."""
        if not self.applications or self.random.random() < SHARE_OF_PATH:
            next(self.path)
        else:
            self._read(self.random.choices(list(READS), list(READS.values()))[0])

    def _read(self, kind: str) -> None:
        if kind == "list":
            self._get("list applications", f"{API}/applications?limit=20")
        elif kind == "detail":
            chosen = self.random.choice(self.applications)
            self._get("application", f"{API}/applications/{chosen}")
        elif kind == "verify":
            self._get("verify certificate", f"{API}/public/certificates/{SETTINGS.certificate}")
        else:
            self._get("health", "/health")

    def _walk(self) -> Iterator[None]:
        """The path without an end; each `next` sends one request."""
        for number in itertools.count():
            application = self._create(f"{SETTINGS.run}-{self.seat}-{number}")
            yield
            if application is None:
                continue
            taken = self._upload(application)
            yield
            if not taken:
                continue
            job = self._submit(application)
            yield
            for _ in range(LOOKS_AT_STATUS if job else 0):
                answer = self._get("quality-check status", f"{API}/ai-qc/status/{job}")
                yield
                if answer is not None and answer.get("status") in ("completed", "failed"):
                    break

    def _create(self, marker: str) -> str | None:
        body = {
            "farm": {
                "name": f"สวนทดสอบภาระ {marker}",
                "province": "เชียงใหม่",
                "district": "เมืองเชียงใหม่",
                "address": "99 หมู่ 4",
                "areaRai": 8,
                "latitude": 18.7902,
                "longitude": 98.9847,
            },
            "crops": [{"name": "ขมิ้นชัน"}],
            "purpose": "new",
        }
        answer = self._post("create application", f"{API}/applications", 201, json=body)
        if answer is None:
            RECORDER.uncertain(marker)
            return None
        identity = str(answer["id"])
        RECORDER.accepted(Accepted("application", identity, identity, self.person.email, marker))
        self.applications.append(identity)
        return identity

    def _upload(self, application: str) -> bool:
        answer = self._post(
            "upload document",
            f"{API}/applications/{application}/documents",
            201,
            data={"kind": "photo"},
            files={"file": ("field.jpg", PHOTOGRAPH, "image/jpeg")},
        )
        if answer is None:
            return False
        identity = str(answer["id"])
        RECORDER.accepted(Accepted("document", identity, application, self.person.email))
        return True

    def _submit(self, application: str) -> str | None:
        answer = self._post("submit application", f"{API}/applications/{application}/submit", 202)
        if answer is None:
            return None
        job = str(answer["jobId"])
        RECORDER.accepted(Accepted("submission", job, application, self.person.email))
        return job

    def _get(self, name: str, path: str) -> dict[str, Any] | None:
        return self._send("GET", name, path, 200)

    def _post(self, name: str, path: str, expect: int, **body: Any) -> dict[str, Any] | None:
        return self._send("POST", name, path, expect, **body)

    def _send(
        self, method: str, name: str, path: str, expect: int, **body: Any
    ) -> dict[str, Any] | None:
        """One request, held to one status; its JSON, or None where it failed."""
        with self.client.request(
            method, path, name=name, catch_response=True, timeout=REQUEST_SECONDS, **body
        ) as answer:
            if answer.status_code != expect:
                answer.failure(f"{answer.status_code or answer.error}, expected {expect}")
                return None
            answer.success()
            return answer.json()
