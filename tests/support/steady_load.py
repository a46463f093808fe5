"""Requests through the edge without a pause, while something is exchanged behind it."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from infra.local.services.ports import LOOPBACK

REQUEST_SECONDS = 20
PAUSE_SECONDS = 0.05
SLOW = 4  # at once: more than one for each container
SLOW_MS = 1500  # long enough that a container which isn't drained loses some


@dataclass
class SteadyLoad:
    """`failed` says what went wrong; `images` counts who answered."""

    port: int
    good: int = 0
    failed: list[str] = field(default_factory=list)
    images: Counter[str] = field(default_factory=Counter)
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, method: str, path: str) -> None:
        """One request on a connection of its own; nothing is tried twice."""
        try:
            status, body = fetched(self.port, method, path)
        except (OSError, http.client.HTTPException) as error:
            with self._lock:
                self.failed.append(f"{method} {path}: {error!r}")
            return
        with self._lock:
            if status == 200:
                self.good += 1
                self.images[json.loads(body)["image"]] += 1
            else:
                self.failed.append(f"{method} {path}: {status} {body[:200]}")

    def repeat(self, method: str, path: str) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            self.ask(method, path)

    def end(self) -> None:
        self._ended.set()


def fetched(port: int, method: str, path: str) -> tuple[int, str]:
    """Status and body of an answer over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.closing(socket.create_connection((LOOPBACK, port), REQUEST_SECONDS)) as plain:
        connection = http.client.HTTPConnection("gacp.example.com", timeout=REQUEST_SECONDS)
        connection.sock = context.wrap_socket(plain)
        with contextlib.closing(connection):
            connection.request(method, path, headers={"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()


@contextlib.contextmanager
def steady_load(port: int) -> Iterator[SteadyLoad]:
    """Quick reads of API and portal, and slow writes, which nginx never sends a second time."""
    load = SteadyLoad(port)
    kinds = [("GET", "/health"), ("GET", "/"), *[("POST", f"/ai-qc/analyze?ms={SLOW_MS}")] * SLOW]
    threads = [threading.Thread(target=load.repeat, args=kind, daemon=True) for kind in kinds]
    for each in threads:
        each.start()
    try:
        yield load
    finally:
        load.end()
        for each in threads:
            each.join(REQUEST_SECONDS)
