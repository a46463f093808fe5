"""Just enough of the API, in memory, for a short run of locust."""

from __future__ import annotations

import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

API = "/api/v1"


class Store:
    """Applications, documents and jobs; `refuse` answers every creation with that status."""

    def __init__(self) -> None:
        self.applications: dict[str, dict] = {}
        self.documents: dict[str, dict[str, str]] = {}
        self.refuse = 0
        self.forgets = False
        self._numbers = itertools.count(1)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        parts = urlsplit(path).path.removeprefix(API).strip("/").split("/")
        match method, parts:
            case "POST", ["applications"] if self.refuse:
                return self.refuse, {}
            case "POST", ["applications"]:
                identity = f"a-{next(self._numbers)}"
                item = {"id": identity, "state": "draft", "farm": json.loads(body)["farm"]}
                if not (self.forgets and self.applications):
                    self.applications[identity] = item
                return 201, item
            case "POST", ["applications", one, "documents"]:
                mine = self.documents.setdefault(one, {})
                mine[f"{one}-d-{len(mine)}"] = "processed"
                return 201, {"id": f"{one}-d-{len(mine) - 1}"}
            case "POST", ["applications", one, "submit"]:
                self.applications.get(one, {})["state"] = "checked"
                return 202, {"jobId": f"j-{one}"}
            case "GET", ["applications", one, "documents"]:
                items = self.documents.get(one, {}).items()
                return 200, {"items": [{"id": i, "state": s} for i, s in items]}
            case "GET", ["applications"]:
                return 200, {"items": [*self.applications.values()], "nextCursor": None}
            case "GET", ["ai-qc", "status", job]:
                return 200, {"jobId": job, "status": "completed"}
            case _:
                return 200, {"status": "ok"}


class StubApi:
    """Serves a `Store` on a free port; use as a context manager."""

    def __init__(self) -> None:
        store = self.store = Store()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, value = store.answer(self.command, self.path, body)
                content = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Test output stays readable."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> StubApi:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
