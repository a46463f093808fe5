"""A mail server that keeps every message and shows it, and sends nothing on.

Views (JSON): `/messages`, `/messages?to=ADDRESS`, `/messages/ID`; `/messages/ID/source` is the
message itself; `/` is a list for people; `/livez` is the probe.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from urllib.parse import parse_qs, unquote, urlsplit

from infra.local.services.launch import Probe, ProbeKind, Program
from infra.local.services.mailbox import Mailbox
from infra.local.services.ports import LOOPBACK

LARGEST_MESSAGE_BYTES = 32 * 1024 * 1024


def program(python: Path, repository: Path, port: int, view_port: int, data: Path) -> Program:
    """The sink as a supervised program: SMTP on `port`, the views on `view_port`."""
    return Program(
        name="mail",
        argv=(
            *(str(python), "-m", "infra.local.services.mail"),
            *("--port", str(port), "--view-port", str(view_port), "--data", str(data)),
        ),
        directory=repository,
        ready=Probe(ProbeKind.HTTP, LOOPBACK, view_port, "/livez"),
    )


class Sink:
    """The SMTP side, in the form that aiosmtpd calls."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    # aiosmtpd finds the hook by this name and these arguments.
    async def handle_DATA(  # noqa: N802
        self, _server: object, _session: object, envelope: object
    ) -> str:
        """Answer 250 only for what is on disk; 452 on a full disk: the sender tries again."""
        content = getattr(envelope, "content", b"")
        try:
            key = self._mailbox.store(content if isinstance(content, bytes) else b"")
        except OSError as error:
            sys.stderr.write(f"mail: not stored: {error}\n")
            return "452 4.3.1 Insufficient system storage"
        return f"250 OK {key}"


class View(BaseHTTPRequestHandler):
    """The HTTP side: what arrived."""

    protocol_version = "HTTP/1.1"

    def __init__(self, mailbox: Mailbox, *arguments: object) -> None:
        self._mailbox = mailbox
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer a view; 404 for what isn't there."""
        address = urlsplit(self.path)
        match [unquote(part) for part in address.path.split("/") if part]:
            case []:
                self._answer(_page(self._mailbox).encode(), "text/html; charset=utf-8")
            case ["livez"]:
                self._json({"status": "ok"})
            case ["messages"]:
                to = parse_qs(address.query).get("to", [None])[0]
                self._json({"items": self._mailbox.messages(to)})
            case ["messages", key]:
                self._json(self._mailbox.message(key))
            case ["messages", key, "source"]:
                source = self._mailbox.source(key)
                if source is None:
                    self._json(None)
                else:
                    self._answer(source, "message/rfc822")
            case _:
                self._json(None)

    def _json(self, value: object | None) -> None:
        status = HTTPStatus.OK if value is not None else HTTPStatus.NOT_FOUND
        body = {"error": f"nothing at {self.path}"} if value is None else value
        text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
        self._answer(text.encode(), "application/json", status)

    def _answer(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class's name
        """Say nothing: probes would fill the log."""


def _page(mailbox: Mailbox) -> str:
    rows = "".join(
        f"<tr><td>{escape(str(m['receivedAt']))}</td><td>{escape(str(m['to']))}</td>"
        f'<td><a href="/messages/{m["id"]}">{escape(str(m["subject"]))}</a></td>'
        f"<td>{m['count']}</td></tr>"
        for m in reversed(mailbox.messages())
    )
    return (
        '<!doctype html><meta charset="utf-8"><title>Mail</title><h1>Mail</h1>'
        f"<table><tr><th>received</th><th>to</th><th>subject</th><th>times</th></tr>{rows}</table>"
    )


def serve(port: int, view_port: int, data: Path, stopped: threading.Event) -> None:
    """Run both sides until `stopped` is set. Raises `OSError` where a port is taken."""
    # Imported late: what only wants `program` needs no mail library.
    from aiosmtpd.controller import Controller

    mailbox = Mailbox(data)
    smtp = Controller(
        Sink(mailbox), hostname=LOOPBACK, port=port, data_size_limit=LARGEST_MESSAGE_BYTES
    )
    smtp.start()
    view: Callable[..., BaseHTTPRequestHandler] = partial(View, mailbox)
    with ThreadingHTTPServer((LOOPBACK, view_port), view) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        stopped.wait()
        http.shutdown()
    smtp.stop()


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="mail", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of SMTP")
    parser.add_argument("--view-port", type=int, required=True, help="of the views over HTTP")
    parser.add_argument("--data", type=Path, required=True, help="folder of the messages")
    given = parser.parse_args(arguments)
    stopped = threading.Event()

    def leave(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    serve(given.port, given.view_port, given.data, stopped)
    return 0


if __name__ == "__main__":
    sys.exit(main())
