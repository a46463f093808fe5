"""A proxy on loopback that breaks one thing between smoke and the platform."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

TARGET_SECONDS = 30
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
# Each proxy has an address of its own on loopback: the edge counts sign-ins by address, and one
# test must not use up another's.
_addresses = (f"127.77.{high}.{low}" for high in range(256) for low in range(1, 255))
_lock = threading.Lock()


@dataclass(slots=True)
class Exchange:
    """One request and its answer, which a breaker may change."""

    method: str
    path: str
    token: str
    body: bytes
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def role(self) -> str | None:
        """The role in the caller's token; None for nobody."""
        parts = self.token.split(".")
        if len(parts) != 3:
            return None
        claims = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return json.loads(claims)["role"]

    def json(self):
        return json.loads(self.content)

    def put(self, value: object) -> None:
        """Answer this JSON instead."""
        self.content = json.dumps(value, ensure_ascii=False).encode()


type Breaker = Callable[[Exchange], None]


@dataclass(slots=True)
class BreakingProxy:
    """Forwards everything to `target`; `breaker` sees each exchange before its answer is sent."""

    target: str
    breaker: Breaker
    broken: int = 0  # answers that the breaker changed
    url: str = field(init=False, default="")
    _server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> BreakingProxy:
        with _lock:
            source = next(_addresses)
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy.serve(self, source)

            def do_POST(self) -> None:
                proxy.serve(self, source)

            def log_message(self, *args: object) -> None:
                """Test output stays readable."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler, source: str) -> None:
        """One request of a client."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        exchange = self._forward(handler, body, source)
        before = (exchange.status, dict(exchange.headers), exchange.content)
        self.breaker(exchange)
        self.broken += before != (exchange.status, exchange.headers, exchange.content)
        handler.send_response(exchange.status)
        for name, value in exchange.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(exchange.content)))
        handler.end_headers()
        handler.wfile.write(exchange.content)

    def _forward(self, handler: BaseHTTPRequestHandler, body: bytes, source: str) -> Exchange:
        target = urlsplit(self.target)
        connection = http.client.HTTPConnection(
            target.hostname or "", target.port, timeout=TARGET_SECONDS, source_address=(source, 0)
        )
        headers = {k: v for k, v in handler.headers.items() if k.lower() not in HOP_BY_HOP}
        headers["Host"] = target.netloc
        try:
            connection.request(handler.command, handler.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        kept = {k: v for k, v in answer.getheaders() if k.lower() not in HOP_BY_HOP}
        kept = {k: v for k, v in kept.items() if k.lower() not in ("server", "date")}
        token = handler.headers.get("Authorization", "").removeprefix("Bearer ")
        return Exchange(handler.command, handler.path, token, body, answer.status, kept, content)
