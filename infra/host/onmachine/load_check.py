"""A few seconds of requests through nginx on loopback: does the machine serve, and how quickly."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

LOOPBACK = "127.0.0.1"
PATH = "/health"  # counts against no limit (infra/edge/model.py)
AT_ONCE = 4
REQUEST_SECONDS = 5
ALL_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Load:
    """`seconds` of each good request; what went wrong by kind."""

    seconds: Sequence[float]
    errors: Sequence[str]

    @property
    def p95(self) -> float:
        ordered = sorted(self.seconds)
        return ordered[max(0, -(-95 * len(ordered) // 100) - 1)] if ordered else 0.0

    def sentence(self) -> str:
        kinds = f" ({', '.join(sorted(set(self.errors)))})" if self.errors else ""
        count = len(self.seconds) + len(self.errors)
        return f"{count} requests, {len(self.errors)} errors{kinds}, p95 {self.p95 * 1000:.0f} ms"


def quick_load(domain: str, port: int, requests: int) -> Load:
    """`requests` requests for the health page, `AT_ONCE` at a time, within `ALL_SECONDS`."""
    deadline = time.monotonic() + ALL_SECONDS

    def one(_: int) -> float | str:
        if time.monotonic() >= deadline:
            return f"not sent within {ALL_SECONDS} s"
        began = time.monotonic()
        try:
            status = _status(domain, port)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        return time.monotonic() - began if status == 200 else f"status {status}"

    with ThreadPoolExecutor(AT_ONCE) as threads:
        results = list(threads.map(one, range(requests)))
    return Load(
        [each for each in results if isinstance(each, float)],
        [each for each in results if isinstance(each, str)],
    )


def answers(domain: str, port: int) -> bool:
    """Whether nginx answers at all, whatever it says."""
    try:
        return _status(domain, port) > 0
    except (OSError, http.client.HTTPException):
        return False


def _status(domain: str, port: int) -> int:
    with contextlib.closing(socket.create_connection((LOOPBACK, port), REQUEST_SECONDS)) as plain:
        connection = http.client.HTTPConnection(domain, timeout=REQUEST_SECONDS)
        connection.sock = _unproven().wrap_socket(plain, server_hostname=domain)
        with contextlib.closing(connection):
            connection.request("GET", PATH)
            answer = connection.getresponse()
            answer.read()
            return answer.status


@cache
def _unproven() -> ssl.SSLContext:
    """The machine asks itself, before the authority has given a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
