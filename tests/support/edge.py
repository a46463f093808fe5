"""A real nginx with the rendered configuration, and upstreams that do as the request says."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from infra.edge.model import EdgeModel
from infra.edge.nginx import Tls, render_nginx
from infra.local.services import nginx
from infra.local.services.layout import Layout
from infra.local.services.ports import LOOPBACK, free_port

START_SECONDS = 15
TEXT = b"All work and no play makes a dull certificate. " * 200


class Stub(BaseHTTPRequestHandler):
    """Answers 200 and tells what it was asked; the path can ask for other things.

    `?status=503` for another status, `?bytes=N` for N bytes of text, `?type=T` for a media type;
    a path that ends in /stream sends an event and waits for `release`; /socket upgrades, echoes.
    """

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.server.asked += 1
        length = int(self.headers.get("Content-Length") or 0)
        received = len(self.rfile.read(length))
        path, _, query = self.path.partition("?")
        wanted = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
        if path.endswith("/stream"):
            self._stream()
            return
        if path.endswith("/socket"):
            self._echo()
            return
        told = {
            "upstream": self.server.name,
            "path": self.path,
            "received": received,
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        body = json.dumps(told).encode()
        if "bytes" in wanted:
            body = (TEXT * (int(wanted["bytes"]) // len(TEXT) + 1))[: int(wanted["bytes"])]
        self.send_response(int(wanted.get("status", "200")))
        self.send_header("Content-Type", wanted.get("type", "application/json"))
        self.send_header("Content-Length", str(len(body)))
        # What an application might say itself and the edge says better.
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.send_header("X-Powered-By", "stub/1.0")
        self.send_header("Cache-Control", "private")
        if "csp" in wanted:
            self.send_header("Content-Security-Policy", wanted["csp"])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_HEAD = _answer  # noqa: N815 - the base class calls them so

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        self.server.release.wait(START_SECONDS)
        self.wfile.write(b"data: last\n\n")
        self.close_connection = True

    def _echo(self) -> None:
        self.send_response(101)
        self.send_header("Upgrade", self.headers["Upgrade"])
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        self.wfile.write(self.rfile.read(5))
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet: nginx's own log is what tests read."""


class Silent(BaseHTTPRequestHandler):
    """Takes a request and says nothing until it is released."""

    def do_GET(self) -> None:
        self.server.release.wait(START_SECONDS)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet."""


class StubServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, name: str) -> None:
        super().__init__((LOOPBACK, 0), Stub)
        self.name = name
        self.asked = 0
        self.release = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def handle_error(self, request, client_address) -> None:
        """A client that leaves early is no news; anything else is told as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.release.set()
        self.shutdown()
        self.server_close()


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Edge:
    """A running nginx. `request` opens a connection of its own each time."""

    port: int
    folder: Path
    stubs: dict[str, list[StubServer]]

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def log(self) -> list[dict[str, object]]:
        text = (self.folder / "logs" / "access.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def logged(self, request_id: str) -> dict[str, object]:
        """The line of a request: nginx writes it after the answer has gone."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            for line in self.log():
                if line["requestId"] == request_id:
                    return line
            threading.Event().wait(0.01)
        raise AssertionError(f"no line for request {request_id} within {START_SECONDS} s")


def written(folder: Path, text: str) -> Path:
    """A prefix with a configuration and the folders that it expects."""
    for name in ("logs", "temp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    return folder


def binary() -> str:
    return nginx.prepare(Layout.from_environment({}).tools, print)


def complaint(folder: Path) -> str:
    """What `nginx -t` says against the configuration; empty for nothing at all."""
    done = subprocess.run(
        [binary(), "-t", "-q", "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stderr.strip() or ("" if done.returncode == 0 else "refused")


@contextlib.contextmanager
def running_edge(
    folder: Path,
    model: EdgeModel,
    tls: Tls | None = None,
    dead: tuple[str, ...] = (),
) -> Iterator[Edge]:
    """nginx in front of two API stubs and a portal stub; `dead` upstreams have nobody behind."""
    stubs = {"api": [StubServer("api-0"), StubServer("api-1")], "portal": [StubServer("portal-0")]}
    upstreams = {
        name: [(LOOPBACK, free_port() if name in dead else stub.port) for stub in servers]
        for name, servers in stubs.items()
    }
    port = free_port()
    written(folder, render_nginx(model, upstreams, (LOOPBACK, port), tls, run_as="root"))
    process = subprocess.Popen(
        [binary(), "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"],
        stderr=subprocess.PIPE,
    )
    try:
        _wait(process, port)
        yield Edge(port, folder, stubs)
    finally:
        process.terminate()
        process.communicate(timeout=START_SECONDS)
        for servers in stubs.values():
            for stub in servers:
                stub.stop()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"nginx ended: {process.communicate()[1].decode()}")
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 1):
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"nginx does not listen on {port} within {START_SECONDS} s")
