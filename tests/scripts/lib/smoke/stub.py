"""A platform of a few lines in memory that answers as the API contract says; for unit tests."""

from __future__ import annotations

import base64
import email.policy
import io
import json
import re
import threading
from collections.abc import Callable, Mapping
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import segno
from PIL import Image

from scripts.lib.smoke.context import Finished
from scripts.lib.smoke.files import LATITUDE, LONGITUDE, decimal_degrees

HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
FARMER = ("farmer@gacp.example", "correct-horse-battery")
SEEDED = "TEST-7F3K-9Q2M-1A5B"
ISSUED = "GACP-2H8D-5K1P-6R7T"
STEPS = ("submitted", "checked", "inspection-planned", "inspected", "approved")
JSON, PROBLEM, HTML = "application/json", "application/problem+json", "text/html; charset=utf-8"

type Answer = tuple[int, str, bytes]


def token_of(role: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"role": role}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


def role_of(token: str) -> str | None:
    parts = token.removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    return json.loads(base64.urlsafe_b64decode(padded))["role"]


class RefusalError(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class World:
    """What is stored: one application and its things. Jobs are done at the second look."""

    def __init__(self) -> None:
        self.url = ""
        self.application: dict[str, Any] = {}
        self.documents: dict[str, dict[str, Any]] = {}
        self.looks = 0
        self.approved = False
        self.score = 0

    # Local side
    def app(self, *words: str) -> Finished:
        if words[0] == "token":
            return Finished(0, token_of(words[2]) + "\n", "")
        return Finished(0, "12 records, chain holds\n", "")

    def mails(self, receiver: str) -> list[Mapping[str, object]]:
        return [{"to": [receiver], "text": f"certificate {ISSUED}"}] if self.approved else []

    # HTTP side
    def answer(self, method: str, path: str, role: str | None, body: bytes, kind: str) -> Answer:
        address = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        for pattern, methods, roles, action in ROUTES:
            found = re.fullmatch(pattern, address.path)
            if not found or method not in methods:
                continue
            if roles and role is None:
                return self.problem(401)
            if roles and role not in roles:
                return self.problem(403)
            try:
                return action(self, {**query, **found.groupdict()}, body, kind, role or "")
            except RefusalError as refusal:
                return self.problem(refusal.status)
        return self.problem(404)

    @staticmethod
    def problem(status: int) -> Answer:
        body = {"type": "about:refused", "title": "no", "status": status, "requestId": "r-1"}
        return status, PROBLEM, json.dumps(body).encode()


def ok(value: object, status: int = 200) -> Answer:
    return status, JSON, json.dumps(value, ensure_ascii=False).encode()


def sign_in(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    given = json.loads(body)
    if (given["email"], given["password"]) != FARMER:
        raise RefusalError(401)
    return ok({"accessToken": token_of("farmer"), "tokenType": "Bearer"})


def create(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    world.application = {"id": "a-1", "state": "draft", **json.loads(body)}
    return ok(world.application, 201)


def upload(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    parts = BytesParser(policy=email.policy.HTTP).parsebytes(head + body).iter_parts()
    named = {part.get_param("name", header="content-disposition"): part for part in parts}
    content = named["file"].get_payload(decode=True)
    identity = f"d-{len(world.documents) + 1}"
    world.documents[identity] = {
        "id": identity,
        "kind": named["kind"].get_content().strip(),
        "fileName": named["file"].get_filename(),
        "size": len(content),
        "state": "processed",
        "position": {
            "latitude": decimal_degrees(LATITUDE),
            "longitude": decimal_degrees(LONGITUDE),
        },
    }
    return ok(world.documents[identity], 201)


def content(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    size = (800, 533) if names["rendition"] == "thumbnail" else (1620, 1080)
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG")
    return 200, "image/jpeg", out.getvalue()


def status(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    world.looks += 1
    if world.looks == 1:
        return ok({"jobId": "j-1", "status": "active"})
    world.application["state"] = "checked"
    result = {"checker": "local-rules", "passed": True, "score": 88, "findings": []}
    return ok({"jobId": "j-1", "status": "completed", "result": result})


def findings(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    world.score, world.application["state"] = json.loads(body)["score"], "inspected"
    return ok({"id": "i-1"})


def decide(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    world.application["state"], world.approved = "approved", True
    return ok({"id": "x-1"}, 201)


def pdf(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    code = io.BytesIO()
    segno.make(f"{world.url}/verify/{ISSUED}").save(code, kind="png", scale=4, border=4)
    page, out = Image.new("RGB", (595, 842), "white"), io.BytesIO()
    page.paste(Image.open(code).convert("RGB"), (60, 60))
    page.save(out, "PDF")
    return 200, "application/pdf", out.getvalue()


def public(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    number = known(world, names["number"])
    farm = world.application.get("farm", {"name": "สวนตัวอย่าง", "province": "เชียงใหม่"})
    return ok(
        {
            "number": number,
            "status": "valid",
            "farm": farm["name"],
            "province": farm["province"],
            "validUntil": "2029-11-23",
        }
    )


def page(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    number, language = known(world, names["number"]), names.get("lang", "th")
    word = {"th": "ใบรับรอง", "en": "Certificate"}[language]
    return 200, HTML, f'<html lang="{language}"><h1>{word}</h1>{number}</html>'.encode()


def known(world: World, number: str) -> str:
    if number == SEEDED or (number == ISSUED and world.approved):
        return number
    raise RefusalError(404)


def certificate(world: World, names: dict[str, str], body: bytes, kind: str, role: str) -> Answer:
    return ok({"number": known(world, ISSUED), "status": "valid"})


type Action = Callable[[World, dict[str, str], bytes, str, str], Answer]


def fixed(value: Callable[[World], object], status: int = 200) -> Action:
    return lambda world, names, body, kind, role: ok(value(world), status)


API, ONE, ALL = (
    "/api/v1",
    r"/applications/a-1",
    ("farmer", "inspector", "approver", "administrator"),
)
ROUTES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], Action], ...] = (
    ("/health", ("GET",), (), fixed(lambda w: {"status": "ok"})),
    ("/verify", ("GET",), (), lambda *given: (200, HTML, b"<html lang='th'></html>")),
    (r"/verify/(?P<number>[\w-]+)", ("GET",), (), page),
    (f"{API}/auth/sign-in", ("POST",), (), sign_in),
    (
        f"{API}/users/me",
        ("GET",),
        ALL,
        lambda world, names, body, kind, role: ok({"email": f"{role}@gacp.example", "role": role}),
    ),
    (f"{API}/applications", ("POST",), ("farmer",), create),
    (f"{API}/applications", ("GET",), ALL, fixed(lambda w: {"items": [w.application]})),
    (f"{API}{ONE}", ("GET",), ALL, fixed(lambda w: w.application)),
    (f"{API}{ONE}/documents", ("POST",), ("farmer",), upload),
    (f"{API}{ONE}/documents", ("GET",), ALL, fixed(lambda w: {"items": [*w.documents.values()]})),
    (
        rf"{API}/documents/(?P<id>d-\d)",
        ("GET",),
        ALL,
        lambda world, names, *_: ok(world.documents[names["id"]]),
    ),
    (rf"{API}/documents/(?P<id>d-\d)/content", ("GET",), ALL, content),
    (
        f"{API}{ONE}/submit",
        ("POST",),
        ("farmer",),
        fixed(lambda w: {"jobId": "j-1", "status": "queued"}, 202),
    ),
    (f"{API}/ai-qc/status/j-1", ("GET",), ALL, status),
    (f"{API}{ONE}/inspections", ("POST",), ("inspector",), fixed(lambda w: {"id": "i-1"}, 201)),
    (f"{API}/inspections/i-1/findings", ("POST",), ("inspector",), findings),
    (f"{API}/inspections/i-1", ("GET",), ALL, fixed(lambda w: {"id": "i-1", "score": w.score})),
    (f"{API}{ONE}/decisions", ("POST",), ("approver",), decide),
    (f"{API}{ONE}/certificate", ("GET",), ALL, certificate),
    (rf"{API}/certificates/(?P<number>[\w-]+)/pdf", ("GET",), ALL, pdf),
    (rf"{API}/public/certificates/(?P<number>[\w-]+)", ("GET",), (), public),
    (
        f"{API}{ONE}/history",
        ("GET",),
        ALL,
        fixed(lambda w: {"transitions": [{"to": step} for step in STEPS]}),
    ),
)


class StubPlatform:
    """Serves a `World` on a free port of this machine; use as a context manager."""

    def __init__(self) -> None:
        world = self.world = World()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                role = role_of(self.headers.get("Authorization", ""))
                kind = self.headers.get("Content-Type", "")
                code, media_type, answer = world.answer(self.command, self.path, role, body, kind)
                self.send_response(code)
                for name, value in {**HEADERS, "Content-Type": media_type}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                """Test output stays readable."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = world.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> StubPlatform:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
