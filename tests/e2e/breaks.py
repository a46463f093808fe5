"""For every line of the smoke test, one thing that breaks it and nothing else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import segno
from PIL import Image

from scripts.lib.smoke.certificate import UNKNOWN_NUMBER
from scripts.lib.smoke.context import Finished, Local
from scripts.lib.smoke.edge import NO_SUCH_PAGE
from scripts.lib.smoke.files import photograph
from scripts.lib.smoke.local import LocalPlatform
from tests.e2e.proxy import Breaker, Exchange


def when(method: str, path: str, change: Breaker, status: int | None = None) -> Breaker:
    """Change answers to one method and path (a pattern for all of it, query included)."""

    def breaker(exchange: Exchange) -> None:
        hit = exchange.method == method and re.fullmatch(path, exchange.path)
        if hit and status in (None, exchange.status):
            change(exchange)

    return breaker


def answers(status: int) -> Breaker:
    def change(exchange: Exchange) -> None:
        exchange.status = status

    return change


def says(**fields: object) -> Breaker:
    """Other values in the answer's JSON object."""
    return lambda exchange: exchange.put({**exchange.json(), **fields})


def replaces(old: bytes, new: bytes) -> Breaker:
    def change(exchange: Exchange) -> None:
        exchange.content = exchange.content.replace(old, new)

    return change


def serves(content: Callable[[], bytes]) -> Breaker:
    def change(exchange: Exchange) -> None:
        exchange.content = content()

    return change


def only(role: str | None, change: Breaker) -> Breaker:
    def breaker(exchange: Exchange) -> None:
        if exchange.role == role:
            change(exchange)

    return breaker


def drops_header(name: str) -> Breaker:
    def change(exchange: Exchange) -> None:
        exchange.headers = {k: v for k, v in exchange.headers.items() if k.lower() != name}

    return change


def loses_thai(exchange: Exchange) -> None:
    body = exchange.json()
    body["farm"]["name"] = re.sub(r"[^\x00-\x7f]", "?", body["farm"]["name"])
    exchange.put(body)


def hides_one(exchange: Exchange) -> None:
    body = exchange.json()
    exchange.put({**body, "items": body["items"][1:]})


def tells_twice(exchange: Exchange) -> None:
    body = exchange.json()
    exchange.put({**body, "items": [item for item in body["items"] for _ in range(2)]})


def another_checker(exchange: Exchange) -> None:
    body = exchange.json()
    if body.get("result"):
        body["result"]["checker"] = "nobody"
    exchange.put(body)


def pdf_of_another() -> bytes:
    """A PDF whose QR leads to somebody else's page."""
    code, out = io.BytesIO(), io.BytesIO()
    segno.make("http://127.0.0.1:9/verify/OTHER").save(code, kind="png", scale=4, border=4)
    page = Image.new("RGB", (595, 842), "white")
    page.paste(Image.open(code).convert("RGB"), (60, 60))
    page.save(out, "PDF")
    return out.getvalue()


def truncates(exchange: Exchange) -> None:
    exchange.content = exchange.content[:200]


@dataclass(frozen=True, slots=True)
class WithoutTokens:
    """The application as it runs elsewhere, where no tokens are made by hand."""

    platform: LocalPlatform

    def app(self, *words: str) -> Finished:
        if words[0] != "token":
            return self.platform.app(*words)
        elsewhere = {**self.platform.environment, "GACP_ENVIRONMENT": "prod"}
        return replace(self.platform, environment=elsewhere).app(*words)

    def mails(self, receiver: str) -> list[Mapping[str, object]]:
        return self.platform.mails(receiver)


@dataclass(frozen=True, slots=True)
class Break:
    """One break: at the edge, at the mail sink's view, in the local commands, or for real.

    `audit_record` says that the test alters a record in the database.
    """

    what: str
    edge: Breaker = lambda exchange: None
    mail: Breaker | None = None
    local: Callable[[LocalPlatform], Local] | None = None
    audit_record: bool = False


V1 = "/api/v1"
ID = r"[\w-]+"
ONE = rf"{V1}/applications/{ID}"


def breaks(seeded: str) -> Mapping[str, Break]:
    """The table; `seeded` is the number of the certificate that the seed made."""
    issued = rf"(?!{seeded}|{UNKNOWN_NUMBER}){ID}"
    leak = says(email="farmer@gacp.example")
    not_decided = only("farmer", answers(201))
    return {
        "health": Break("502", when("GET", "/health", answers(502))),
        "headers": Break("on 404", when("GET", NO_SUCH_PAGE, drops_header("x-frame-options"))),
        "hidden": Break("shown", when("GET", "/metrics", answers(200))),
        "sign-in": Break("500", when("POST", f"{V1}/auth/sign-in", answers(500), 200)),
        "wrong-password": Break("let in", when("POST", f"{V1}/auth/sign-in", answers(200), 401)),
        "tokens": Break("refused", local=WithoutTokens),
        "application": Break("Thai is lost", when("GET", ONE, loses_thai)),
        "upload": Break("one is hidden", when("GET", f"{ONE}/documents", hides_one)),
        "submit": Break("no job", when("POST", f"{ONE}/submit", says(jobId=""))),
        "quality-check": Break(
            "by nobody", when("GET", rf"{V1}/ai-qc/status/{ID}", another_checker)
        ),
        "images": Break(
            "position left in",
            when(
                "GET",
                rf"{V1}/documents/{ID}/content\?rendition=display",
                serves(lambda: photograph("x", (1, 2, 3), (640, 480))),
            ),
        ),
        "inspection": Break("score", when("GET", rf"{V1}/inspections/{ID}", says(score=12))),
        "decision": Break("500", when("POST", f"{ONE}/decisions", only("approver", answers(500)))),
        "certificate": Break("revoked", when("GET", f"{ONE}/certificate", says(status="revoked"))),
        "pdf-th": Break(
            "half", when("GET", rf"{V1}/certificates/{ID}/pdf\?language=th", truncates)
        ),
        "pdf-en": Break(
            "QR",
            when("GET", rf"{V1}/certificates/{ID}/pdf\?language=en", serves(pdf_of_another)),
        ),
        "page-th": Break(
            "English",
            when("GET", rf"/verify/{issued}\?lang=th", replaces(b'lang="th"', b'lang="en"')),
        ),
        "page-en": Break(
            "no page", when("GET", rf"/verify/{issued}\?lang=en", serves(lambda: b"<html></html>"))
        ),
        "public-json": Break("leak", when("GET", rf"{V1}/public/certificates/{issued}", leak)),
        "mails": Break("twice", mail=when("GET", r"/messages\?to=.*", tells_twice)),
        "history": Break(
            "a step is missing", when("GET", f"{ONE}/history", replaces(b"inspected", b"visited"))
        ),
        "audit": Break("a record was altered", audit_record=True),
        "seeded": Break(
            "expired", when("GET", f"{V1}/public/certificates/{seeded}", says(status="expired"))
        ),
        "unknown-certificate": Break(
            "found", when("GET", f"/verify/{UNKNOWN_NUMBER}", answers(200))
        ),
        "refused-farmer": Break("let", when("POST", f"{ONE}/decisions", not_decided)),
        "refused-inspector": Break(
            "let", when("POST", f"{ONE}/decisions", only("inspector", answers(201)))
        ),
        "refused-approver": Break(
            "let", when("POST", f"{ONE}/inspections", only("approver", answers(201)))
        ),
        "refused-administrator": Break(
            "let", when("POST", f"{V1}/applications", only("administrator", answers(201)))
        ),
        "refused-anonymous": Break(
            "let", when("GET", f"{V1}/applications", only(None, answers(200)))
        ),
    }


NAMES = tuple(breaks("SEEDED"))


def lines_without_break(names: Iterable[str]) -> list[str]:
    """Lines that no test has seen red."""
    return [name for name in names if name not in NAMES]
