"""The AWS API on loopback: moto behind a door that answers a write only once it is kept."""

from __future__ import annotations

import io
import os
import re
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from infra.local.services.aws_api import images, objects
from infra.local.services.aws_api.bodies import BodyFolder
from infra.local.services.aws_api.pickling import CannotKeepError
from infra.local.services.aws_api.state import Keeper
from infra.local.services.aws_api.store import Store

HOST = "127.0.0.1"
READY_PATH = "/moto-api/ready"
BACKLOG = 128  # connections that wait to be accepted
SWEEP_EVERY = 500  # writes between two looks for contents that nothing uses
EXIT_CANNOT_WRITE = 74  # EX_IOERR of sysexits.h
DEFAULT_REGION = "us-east-1"

# Operations that change nothing worth keeping, by the first word of their name.
READS = re.compile(
    r"^(Describe|List|Get|Head|BatchGet|Lookup|Search|Filter|Simulate|Validate)[A-Z]"
)
# They begin like a read and make credentials.
NOT_READS = frozenset(["GetSessionToken", "GetFederationToken"])
_REGION = re.compile(r"Credential=[^/&]+/\d+/([^/]+)/")
_ACTION = re.compile(rb"(?:^|&)Action=([A-Za-z]+)")

Start = Callable[..., Any]
Environ = dict[str, Any]


class Door:
    """A WSGI application before moto's.

    Reads pass; writes go one at a time, each kept in the store before its answer is sent. When the
    store fails the process ends with code 74 unanswered: memory would be ahead of the disk.
    """

    def __init__(self, application: Any, keeper: Keeper | None) -> None:
        self._application = application
        self._keeper = keeper
        self._writing = threading.Lock()
        self._writes = 0

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == READY_PATH:
            return _plain(start_response, "200 OK", "ready\n")
        if self._keeper is None:
            return self._application(environ, start_response)
        if path.startswith("/moto-api/") and environ["REQUEST_METHOD"] != "GET":
            return _plain(
                start_response,
                "403 Forbidden",
                "this server keeps its state: it is not reset or seeded over HTTP. Delete the "
                "resources, or run one without --data\n",
            )
        body = _read_body(environ)
        if is_read(environ, body):
            return self._application(environ, start_response)
        with self._writing:
            return self._write(environ, start_response, path)

    def _write(self, environ: Environ, start_response: Start, path: str) -> Iterable[bytes]:
        answer: list[Any] = []

        def remember(status: str, headers: list[tuple[str, str]], *_error: Any) -> None:
            answer[:] = [status, headers]

        service = str(self._application.get_application(environ).service)
        chunks = self._application(environ, remember)
        content = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        try:
            self._keep(service, region_of(environ), path)
        except CannotKeepError as error:
            message = f"this server cannot keep what moto holds for {error}\n"
            sys.stderr.write(message)
            return _plain(start_response, "501 Not Implemented", message)
        start_response(*answer)
        return [content]

    def _keep(self, service: str, region: str, path: str) -> None:
        assert self._keeper is not None  # noqa: S101 - only called where there is one
        try:
            self._keeper.keep(service, region, path)
            self._writes += 1
            if self._writes % SWEEP_EVERY == 0:
                self._keeper.sweep()
        except (sqlite3.Error, OSError) as error:
            sys.stderr.write(
                f"cannot write the AWS API's data ({error}): stopping before anything is answered; "
                "free space, then start again\n"
            )
            sys.stderr.flush()
            os._exit(EXIT_CANNOT_WRITE)


def _plain(start_response: Start, status: str, text: str) -> list[bytes]:
    content = text.encode()
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(content)))])
    return [content]


def _read_body(environ: Environ) -> bytes:
    """Take the whole body before the turn comes: a slow client must not hold up the others."""
    source = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    if length:
        body = source.read(int(length))
    elif environ.get("wsgi.input_terminated"):
        body = source.read()
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    else:
        body = b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def is_read(environ: Environ, body: bytes) -> bool:
    """Whether a request changes nothing that must be kept, told by method and operation."""
    if environ["REQUEST_METHOD"] in ("GET", "HEAD", "OPTIONS"):
        query = environ.get("QUERY_STRING", "")
        return "Action=" not in query or bool(READS.match(_action(query.encode())))
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        operation = target.rpartition(".")[2]
    elif environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        operation = _action(body)
    else:
        return False
    return bool(READS.match(operation)) and operation not in NOT_READS


def _action(form: bytes) -> str:
    match = _ACTION.search(form)
    return match.group(1).decode("ascii") if match else ""


def region_of(environ: Environ) -> str:
    """The region that the request was signed for, in a header or (presigned) in the query."""
    signed = environ.get("HTTP_AUTHORIZATION") or unquote(environ.get("QUERY_STRING", ""))
    match = _REGION.search(signed)
    return match.group(1) if match else DEFAULT_REGION


class QuietHandler(MotoRequestHandler):
    """Logs no requests: their addresses carry object names and signatures."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def application(data: Path | None) -> tuple[Door, int]:
    """The API with its state brought back, and the number of S3 objects; None keeps nothing.

    Raises `StoreError` when the folder cannot be used.
    """
    # A bucket is always in the path: "localhost" or an address is never one.
    os.environ["S3_IGNORE_SUBDOMAIN_BUCKETNAME"] = "true"
    moto = DomainDispatcherApplication(create_backend_app)
    if data is None:
        objects.forget_instances()
        return Door(moto, None), 0
    store = Store(data)
    bodies = BodyFolder(data / "objects")
    objects.install(bodies)
    images.install()
    keeper = Keeper(store, bodies)
    count = keeper.load()
    keeper.sweep(starting=True)
    return Door(moto, keeper), count


def make(port: int, door: Door) -> Any:
    """A threaded HTTP server on loopback. Raises `OSError` when the port is taken."""
    # With a port alone werkzeug prints advice of its own and exits; it keeps a copy of this socket.
    with socket.create_server((HOST, port), backlog=BACKLOG) as listener:
        return make_server(
            HOST, port, door, threaded=True, request_handler=QuietHandler, fd=listener.fileno()
        )
