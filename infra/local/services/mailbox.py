"""The store of the mail sink: one file a delivery, on disk before the sender hears of it.

Deliveries are keyed by Message-ID, so that a mail that was sent twice is one message with count 2.
"""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path


@dataclass(slots=True)
class Delivery:
    """All deliveries of one Message-ID; the content is the first one's."""

    key: str
    files: list[Path] = field(default_factory=list[Path])


class Mailbox:
    """Deliveries under one folder: `KEY/NUMBER.eml`, KEY from a digest of the Message-ID."""

    def __init__(self, folder: Path) -> None:
        """Read what is there. A half-written file of a killed sink (`.part`) was never answered."""
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._deliveries: dict[str, Delivery] = {}
        for file in sorted(folder.glob("*/*.eml")):
            self._of(file.parent.name).files.append(file)

    def store(self, content: bytes) -> str:
        """Put one delivery on disk and give back its key. Raises `OSError` on a full disk."""
        key = _key(content)
        with self._lock:
            delivery = self._of(key)
            number = len(delivery.files)
            file = self._folder / key / f"{number:04}.eml"
            file.parent.mkdir(exist_ok=True)
            part = file.with_suffix(".part")
            with part.open("wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            part.replace(file)
            for folder in (file.parent, self._folder):
                _sync_folder(folder)
            delivery.files.append(file)
        return key

    def messages(self, recipient: str | None = None) -> list[dict[str, object]]:
        """A line for each message, oldest first; only those to `recipient` where it is given."""
        with self._lock:
            deliveries = [d for d in self._deliveries.values() if d.files]
        views = (_view(delivery) for delivery in deliveries)
        return sorted(
            (view for view in views if recipient is None or recipient in _strings(view["to"])),
            key=lambda view: str(view["receivedAt"]),
        )

    def message(self, key: str) -> dict[str, object] | None:
        """One message with its texts and attachments' names, or `None`."""
        with self._lock:
            delivery = self._deliveries.get(key)
        if delivery is None or not delivery.files:
            return None
        return {**_view(delivery), **_body(_parsed(delivery.files[0]))}

    def source(self, key: str) -> bytes | None:
        """The message as it was received, or `None`."""
        with self._lock:
            delivery = self._deliveries.get(key)
        return delivery.files[0].read_bytes() if delivery and delivery.files else None

    def _of(self, key: str) -> Delivery:
        return self._deliveries.setdefault(key, Delivery(key))


def _key(content: bytes) -> str:
    message_id = BytesParser(policy=policy.default).parsebytes(content, headersonly=True)[
        "Message-ID"
    ]
    # Without an id nobody can tell a repeat from a second mail: each content is its own.
    identity = str(message_id).strip().encode() if message_id else content
    return hashlib.sha256(identity).hexdigest()[:32]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parsed(file: Path) -> EmailMessage:
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(file.read_bytes())


def _view(delivery: Delivery) -> dict[str, object]:
    first = delivery.files[0]
    message = _parsed(first)
    received = datetime.fromtimestamp(first.stat().st_mtime, UTC)
    recipients = getaddresses([str(v) for v in message.get_all("To", [])])
    return {
        "id": delivery.key,
        "messageId": str(message["Message-ID"] or ""),
        "count": len(delivery.files),
        "from": str(message["From"] or ""),
        "to": [address for _, address in recipients],
        "subject": str(message["Subject"] or ""),
        "receivedAt": received.isoformat(timespec="microseconds").replace("+00:00", "Z"),
    }


def _body(message: EmailMessage) -> dict[str, object]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
        "attachments": [
            {
                "name": part.get_filename() or "",
                "contentType": part.get_content_type(),
                "size": len(part.get_payload(decode=True) or b""),
            }
            for part in message.iter_attachments()
        ],
    }


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
