"""The sink as its process: what was answered with 250 is there."""

import smtplib
from email.message import EmailMessage

import httpx
import pytest

from infra.local.services import mail
from infra.local.services.layout import REPOSITORY
from infra.local.services.ports import LOOPBACK, free_port
from tests.support.platform import LAYOUT
from tests.support.processes import Processes

pytestmark = pytest.mark.services


class RunningSink:
    def __init__(self, folder):
        self.processes = Processes(folder)
        self.port = free_port()
        self.view_port = free_port({self.port})
        self.program = mail.program(
            LAYOUT.python, REPOSITORY, self.port, self.view_port, folder / "mail"
        )
        self.processes.start(self.program)

    def send(self, message_id, to="farmer@gacp.example", subject="ใบรับรองของท่าน"):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "no-reply@gacp.example", to, subject
        message["Message-ID"] = message_id
        message.set_content("สวัสดี")
        message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="c.pdf")
        with smtplib.SMTP(LOOPBACK, self.port, timeout=5) as smtp:
            smtp.send_message(message)

    def get(self, path):
        return httpx.get(f"http://{LOOPBACK}:{self.view_port}{path}", timeout=5)

    def messages(self, **query):
        return httpx.get(
            f"http://{LOOPBACK}:{self.view_port}/messages", params=query, timeout=5
        ).json()["items"]


@pytest.fixture
def sink(tmp_path):
    running = RunningSink(tmp_path)
    yield running
    running.processes.stop()


def test_a_message_is_shown_with_its_texts_decoded(sink):
    sink.send("<one@gacp>")
    (line,) = sink.messages()
    assert line["subject"] == "ใบรับรองของท่าน"
    assert line["to"] == ["farmer@gacp.example"]
    whole = sink.get(f"/messages/{line['id']}").json()
    assert whole["text"].strip() == "สวัสดี"
    assert whole["attachments"] == [{"name": "c.pdf", "contentType": "application/pdf", "size": 5}]


def test_the_same_message_id_twice_is_one_message_that_says_so(sink):
    sink.send("<one@gacp>")
    sink.send("<one@gacp>")
    sink.send("<two@gacp>")
    assert sorted(line["count"] for line in sink.messages()) == [1, 2]


def test_messages_are_found_by_recipient(sink):
    sink.send("<one@gacp>", to="a@gacp.example")
    sink.send("<two@gacp>", to="b@gacp.example")
    assert [line["messageId"] for line in sink.messages(to="b@gacp.example")] == ["<two@gacp>"]


def test_a_killed_sink_has_kept_what_it_accepted(sink):
    sink.send("<one@gacp>")
    sink.processes.kill("mail")
    sink.processes.restart("mail")
    assert [line["messageId"] for line in sink.messages()] == ["<one@gacp>"]


def test_what_is_not_there_is_404(sink):
    assert sink.get("/messages/nothing").status_code == 404
    assert sink.get("/elsewhere").status_code == 404


def test_the_list_for_people_escapes_what_senders_write(sink):
    sink.send("<one@gacp>", subject="<script>alert(1)</script>")
    page = sink.get("/").text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
