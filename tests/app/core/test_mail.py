"""Letters: every template in both languages, one message for one key, and what servers answer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from minijinja import TemplateError

from app.core.identity import Language
from app.core.mail import (
    TEMPLATES,
    Letter,
    Mailer,
    MailRefusedError,
    MailUnavailableError,
    UnknownTemplateError,
    compose,
    message_id,
    render,
)
from app.settings import MailSettings
from infra.local.services.ports import LOOPBACK, free_port
from tests.app.jobs.world import world_on

CONTEXT = {
    "name": "สมหญิง",
    "farm": "สวนสมุนไพร",
    "applicationId": "01abc",
    "reason": "- ไม่มีภาพ\n- ไม่มีเอกสารสิทธิ์",
    "scheduledFor": "2026-11-23T02:00:00+00:00",
    "number": "GACP-2569-7QK4M-9T2XW",
    "verifyUrl": "https://gacp.example/verify/GACP-2569-7QK4M-9T2XW",
    "validUntil": "22 พฤศจิกายน 2572",
    "score": 95,
}
NAMES = sorted({one.name.split(".")[0] for one in TEMPLATES.glob("*-*.txt")})
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
SENDER = "certification@gacp.example"


def letter(template: str = "certificate-issued", **changes: object) -> Letter:
    values = {
        "key": "a.b.1",
        "template": template,
        "to": "farmer@gacp.example",
        "language": Language.THAI,
        "context": CONTEXT,
    }
    return Letter(**(values | changes))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("template", NAMES)
def test_every_template_renders_in_both_languages(template, language):
    written = render(letter(template, language=language))
    assert written.subject
    assert "\n" not in written.subject
    assert CONTEXT["farm"] in written.text
    assert "{{" not in written.text + written.html
    assert written.html.startswith("<!doctype html>")


@pytest.mark.parametrize(
    "template",
    [
        "application-submitted",
        "application-checked",
        "application-returned",
        "application-refused",
        "inspection-planned",
        "certificate-issued",
    ],
)
def test_every_step_that_is_told_has_its_template(template):
    assert template in NAMES


def test_a_missing_value_is_an_error_and_no_gap_in_a_letter():
    with pytest.raises(TemplateError):
        render(letter(context={"name": "x", "farm": "y"}))


@pytest.mark.parametrize("template", ["no-such", "../mail/certificate-issued", "layout"])
def test_an_unknown_template_is_named(template):
    with pytest.raises(UnknownTemplateError, match=r"\.th\.txt"):
        render(letter(template))


def test_what_a_farmer_wrote_is_text_in_the_html():
    written = render(letter(context={**CONTEXT, "farm": "<script>alert(1)</script>"}))
    assert "<script>" not in written.html
    assert "&lt;script&gt;" in written.html
    assert "<script>alert(1)</script>" in written.text


def test_a_line_break_in_a_name_cannot_add_a_header():
    hostile = {**CONTEXT, "farm": "farm\r\nBcc: everybody@example.org"}
    message = compose(letter(context=hostile), SENDER, AT)
    assert message["Bcc"] is None


def test_a_visit_is_told_in_the_time_and_calendar_of_thailand():
    assert "23 พฤศจิกายน 2569, 09:00 น." in render(letter("inspection-planned")).text
    english = render(letter("inspection-planned", language=Language.ENGLISH)).text
    assert "23 November 2026, 09:00" in english


def test_the_same_key_is_the_same_message_to_the_byte():
    assert compose(letter(), SENDER, AT).as_bytes() == compose(letter(), SENDER, AT).as_bytes()


def test_another_key_is_another_message():
    assert message_id("a", SENDER) != message_id("b", SENDER)
    assert message_id("a", SENDER).endswith("@gacp.example>")


def test_a_message_has_text_html_and_thai_subject():
    raw = compose(letter(), SENDER, AT).as_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    assert "สวนสมุนไพร" in message["Subject"]
    assert message.get_body(("plain",)).get_content().strip()
    assert "<p>" in message.get_body(("html",)).get_content()
    assert message["Auto-Submitted"] == "auto-generated"


class Server:
    """An SMTP server that answers DATA as told."""

    def __init__(self, answer: str) -> None:
        self.answer, self.seen = answer, []

    async def handle_DATA(self, _server, _session, envelope):
        self.seen.append(envelope.content)
        return self.answer


@pytest.fixture
async def database(services):
    async with world_on(services) as world:
        yield world.database


def mailer_for(database, port: int) -> Mailer:
    return Mailer(database, MailSettings(LOOPBACK, port, False, SENDER, ""), None)


async def sent_to(database, answer: str, times: int = 1) -> tuple[list[object], Server]:
    server = Server(answer)
    controller = Controller(server, hostname=LOOPBACK, port=free_port(set()))
    controller.start()
    try:
        mailer = mailer_for(database, controller.port)
        results = [
            (await asyncio.gather(mailer.send(letter()), return_exceptions=True))[0]
            for _ in range(times)
        ]
    finally:
        controller.stop()
    return results, server


@pytest.mark.services
async def test_a_key_that_was_sent_is_not_sent_again(database):
    results, server = await sent_to(database, "250 OK", times=3)
    assert results == [True, False, False]
    assert len(server.seen) == 1


@pytest.mark.services
@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 no such mailbox", MailRefusedError), ("451 try later", MailUnavailableError)],
)
async def test_the_answer_decides_whether_it_is_tried_again(database, answer, error):
    [result], _ = await sent_to(database, answer)
    assert type(result) is error
    assert "farmer@" not in str(result)


@pytest.mark.services
async def test_no_server_means_later(database):
    with pytest.raises(MailUnavailableError):
        await mailer_for(database, free_port(set())).send(letter())
