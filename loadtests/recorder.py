"""Turns the events of locust into `RunFacts`, and writes them when the generator ends."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import psutil
from locust.env import Environment

from loadtests.facts import Accepted, Endpoint, RunFacts, write_facts

CPU_WINDOW_SECONDS = 5.0  # locust's own window: shorter ones call a garbage collection saturation
LONGEST_ERROR = 160  # characters


def refused_by_limiter(status: int, headers: Any) -> bool:
    """Whether an answer is a limiter's: 429, or 503 that says when to come back."""
    return status == 429 or (status == 503 and "retry-after" in {h.lower() for h in headers})


class Recorder:
    """Listens to one generator, and ends it when its `seconds` are up.

    Locust's own time limit can't be told from a signal afterwards. Users report accepted writes.
    """

    def __init__(
        self,
        path: Path,
        users: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.facts = RunFacts()
        self._path, self._users, self._seconds, self._clock = path, users, seconds, clock
        self._environment: Environment | None = None
        self._started = self._steady_since = self._ended = 0.0

    def listen(self, environment: Environment) -> None:
        """Attach to every event that matters."""
        self._environment = environment
        events = environment.events
        events.request.add_listener(self.request)
        events.user_error.add_listener(self.user_error)
        events.test_start.add_listener(self.test_start)
        events.spawning_complete.add_listener(self.spawning_complete)
        events.test_stopping.add_listener(self.test_stopping)
        events.quitting.add_listener(self.quitting)

    def accepted(self, one: Accepted) -> None:
        """A user was told that its write was accepted."""
        self.facts.accepted.append(one)

    def uncertain(self, marker: str) -> None:
        """A user doesn't know whether its write was accepted."""
        self.facts.uncertain.append(marker)

    def request(
        self,
        name: str,
        response_time: float | None,
        exception: BaseException | None,
        response: Any = None,
        **_: object,
    ) -> None:
        """Count one request under its endpoint."""
        endpoint = self.facts.endpoints.setdefault(name, Endpoint())
        if self._steady_since and not self._ended:
            self.facts.steady_requests += 1
        status = getattr(response, "status_code", 0) or 0
        if refused_by_limiter(status, getattr(response, "headers", None) or {}):
            endpoint.refusals += 1
            return
        milliseconds = math.ceil(response_time or 0.0)
        endpoint.times[milliseconds] = endpoint.times.get(milliseconds, 0) + 1
        if exception is not None:
            text = f"{name}: {exception}"[:LONGEST_ERROR]
            endpoint.errors[text] = endpoint.errors.get(text, 0) + 1

    def user_error(self, exception: BaseException, **_: object) -> None:
        """An exception in the scenario's own code."""
        self.facts.generator_errors.append(f"{type(exception).__name__}: {exception}")

    def test_start(self, **_: object) -> None:
        self._started = self._clock()
        gevent.spawn(self._watch_cpu)
        gevent.spawn(self._finish)

    def spawning_complete(self, user_count: int, **_: object) -> None:
        """All users that locust could start are there; the steady part begins."""
        self.facts.users_reached = max(self.facts.users_reached, user_count)
        if user_count >= self._users and not self._steady_since:
            self._steady_since = self._clock()

    def test_stopping(self, **_: object) -> None:
        self._end()

    def quitting(self, **_: object) -> None:
        """Write what was seen; a generator that is killed never comes here."""
        self._end()
        write_facts(self._path, self.facts)

    def _end(self) -> None:
        if self._ended or not self._started:
            return
        self._ended = now = self._clock()
        self.facts.seconds = now - self._started
        self.facts.steady_seconds = now - self._steady_since if self._steady_since else 0.0

    def _finish(self) -> None:
        gevent.sleep(self._seconds)
        if self._environment is not None and self._environment.runner and not self._ended:
            self.facts.completed = True
            self._environment.runner.quit()

    def _watch_cpu(self) -> None:
        process = psutil.Process()
        process.cpu_percent()  # the first call only starts the measurement
        while not self._ended:
            gevent.sleep(CPU_WINDOW_SECONDS)
            self.facts.generator_cpu.append(process.cpu_percent())
