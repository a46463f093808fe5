"""E-mail: templates in Thai and English, and one message for one key.

SMTP cannot deliver exactly once: a connection may die after the server took the message and before
it said so. What is promised: the message of a key always has the same Message-ID, date and text, so
that a receiver that sees it twice can tell (RFC 5322 section 3.6.4), and once its acceptance is
known it is never sent again. The collection `mails` is that memory; its `_id` is the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiosmtplib
from minijinja import Environment
from pymongo.errors import DuplicateKeyError

from app.core.connections import Database
from app.core.identity import Language
from app.core.pdf import THAILAND, written_date
from app.core.records import now
from app.core.secrets import Credentials
from app.settings import MailSettings

type Callback = Callable[[], Awaitable[None]]

MAILS = "mails"
TEMPLATES = Path(__file__).parent.parent / "templates" / "mail"
SMTP_SECONDS = 15
_IMPLICIT_TLS_PORT = 465  # RFC 8314 section 3.3; other ports begin in clear and upgrade
_PERMANENT = 500


class UnknownTemplateError(Exception):
    """No template of this name in this language."""


class MailRefusedError(Exception):
    """The server will never take this message (RFC 5321 section 4.2.1: 5yz)."""


class MailUnavailableError(Exception):
    """The server cannot be reached or is busy: try again later."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to send. `key` says which; the same key is the same message."""

    key: str
    template: str
    to: str
    language: Language
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A rendered letter."""

    subject: str
    text: str
    html: str


def render(letter: Letter) -> Written:
    """Subject, text and HTML. Raises `UnknownTemplateError`.

    A template's first line is its subject; the HTML holds the same paragraphs, escaped.
    """
    name = f"{letter.template}.{letter.language}.txt"
    path = TEMPLATES / name
    if path.parent != TEMPLATES or not path.is_file():
        raise UnknownTemplateError(f"there is no template {name} in app/templates/mail")
    environment = Environment(loader=_load, undefined_behavior="strict", debug=False)

    def day(value: object) -> str:
        return _day(str(value), letter.language)

    environment.add_filter("day", day)
    subject, _, text = environment.render_template(name, **letter.context).partition("\n")
    footer = environment.render_template(f"footer.{letter.language}.txt")
    paragraphs = [one.strip("\n") for one in text.strip().split("\n\n")]
    html = environment.render_template(
        "layout.html",
        language=letter.language.value,
        subject=subject,
        paragraphs=[one.split("\n") for one in paragraphs],
        footer=footer.strip(),
    )
    return Written(" ".join(subject.split()), f"{text.strip()}\n\n-- \n{footer.strip()}\n", html)


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a key: the same each time, and telling nothing about it."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<{digest}@{sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"


def compose(letter: Letter, sender: str, written_at: datetime) -> EmailMessage:
    """The whole message; the same arguments give the same bytes."""
    written = render(letter)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = written.subject
    message["From"] = sender
    message["To"] = letter.to
    message["Date"] = format_datetime(written_at.astimezone(THAILAND))
    message["Message-ID"] = message_id(letter.key, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers, please
    message["Content-Language"] = letter.language.value
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    # The standard library draws a random boundary; a drawn-from-the-key one keeps the bytes equal.
    message.set_boundary(hashlib.sha256(f"boundary {letter.key}".encode()).hexdigest()[:32])
    return message


class Mailer:
    """Sends letters through one SMTP server and remembers which were taken."""

    def __init__(
        self, database: Database, settings: MailSettings, credentials: Credentials | None
    ) -> None:
        self._mails, self._settings, self._credentials = database[MAILS], settings, credentials

    async def send(self, letter: Letter, *, after_acceptance: Callback | None = None) -> bool:
        """Send `letter` unless it was sent; whether this call did.

        `after_acceptance` runs between the server's yes and our note of it.
        Raises `UnknownTemplateError`, `MailRefusedError`, `MailUnavailableError`.
        """
        record = await self._begin(letter)
        if record["state"] == "sent":
            return False
        message = compose(letter, self._settings.sender, record["createdAt"])
        await self._hand_over(message)
        if after_acceptance is not None:
            await after_acceptance()
        await self._mails.update_one(
            {"_id": letter.key}, {"$set": {"state": "sent", "sentAt": now()}}
        )
        return True

    async def _begin(self, letter: Letter) -> dict[str, Any]:
        record: dict[str, Any] = {
            "_id": letter.key,
            "state": "sending",
            "template": letter.template,
            "messageId": message_id(letter.key, self._settings.sender),
            "createdAt": now(),
        }
        found = await self._mails.find_one({"_id": letter.key})
        if found is not None:
            return found
        try:
            await self._mails.insert_one(record)
        except DuplicateKeyError:
            return await self._mails.find_one({"_id": letter.key}) or record
        return record

    async def _hand_over(self, message: EmailMessage) -> None:
        where = self._settings
        implicit = where.tls and where.port == _IMPLICIT_TLS_PORT
        login = self._credentials
        try:
            await aiosmtplib.send(
                message,
                hostname=where.host,
                port=where.port,
                use_tls=implicit,
                start_tls=where.tls and not implicit,
                username=login.username if login else None,
                password=login.password if login else None,
                timeout=SMTP_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            raise _answer(min(codes, default=_PERMANENT)) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _answer(error.code) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailUnavailableError(
                f"{where.host}:{where.port}: {type(error).__name__}"
            ) from None


def _answer(code: int) -> Exception:
    # The server's own words may quote the address, so only its code is told.
    if code >= _PERMANENT:
        return MailRefusedError(f"the mail server refused the message with {code}")
    return MailUnavailableError(f"the mail server asked to wait with {code}")


def _load(name: str) -> str | None:
    path = TEMPLATES / name
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _day(value: str, language: Language) -> str:
    """A time such as `2026-11-23T09:00:00+07:00` as a day and hour in Thailand."""
    moment = datetime.fromisoformat(value).astimezone(THAILAND)
    hour = f"{moment:%H:%M} น." if language is Language.THAI else f"{moment:%H:%M}"
    return f"{written_date(moment.date(), language)}, {hour}"
