"""What runs in a container of the stand-in: an application that answers as its image behaves.

At SIGTERM it ends at once and loses what is at work: who stops it has to see to it that nothing is.
Standard library only; it is started without the site packages, to be quick.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLOW_START_SECONDS = 0.8


class Handler(BaseHTTPRequestHandler):
    """`?ms=N` answers after N milliseconds; /api/v1/monitoring/stream never ends its answer."""

    protocol_version = "HTTP/1.1"
    options: argparse.Namespace
    began = time.monotonic()

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        path, _, query = self.path.partition("?")
        if path == "/readyz":
            self._answer(self._readiness())
            return
        if path == "/health" and self.options.behaviour == "errors":
            self._answer(500)
            return
        if path.endswith("/stream"):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            sys.stdout.write("streaming\n")
            sys.stdout.flush()
            self.wfile.write(b"data: first\n\n")
            self.wfile.flush()
            threading.Event().wait()
        if query.startswith("ms="):
            threading.Event().wait(int(query[3:]) / 1000)
        self._answer(200)

    do_POST = do_GET  # noqa: N815 - the base class calls it so

    def _readiness(self):
        """500 stands for checks that have failed too often."""
        if time.monotonic() - self.began < SLOW_START_SECONDS:
            return {"never": 503, "slow": 503}.get(self.options.behaviour, 200)
        return 500 if self.options.behaviour == "never" else 200

    def _answer(self, status):
        body = json.dumps({"slot": self.options.slot, "image": self.options.image}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main():
    parser = argparse.ArgumentParser()
    for name in ("--slot", "--image", "--behaviour", "--address"):
        parser.add_argument(name)
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if options.behaviour == "crash":
        sys.exit("the application could not start: no such database")
    Handler.options = options
    if not options.address:
        threading.Event().wait()
    Server((options.address, options.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
