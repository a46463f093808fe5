"""One look at an upload before it is kept: its name, its real type, and what hides in it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from app.documents.formats import (
    ALLOWED,
    CSV,
    PDF,
    XLSX,
    Format,
    ending_of,
    format_by_content,
    format_by_ending,
)
from app.documents.images import examine_image
from app.documents.model import Position
from app.documents.papers import examine_csv, examine_pdf, examine_xlsx
from app.errors import DocumentRefused, TypeNotAllowed

MOST_NAME = 200
_ACTIVE_MARKUP = re.compile(
    rb"<script|<foreignobject|<iframe|\son[a-z]+\s*=|javascript:|<!entity", re.I
)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that is taken: cleaned name, type by content, SHA-256 in hex, and a photograph's
    position and time."""

    file_name: str
    format: Format
    sha256: str
    position: Position | None = None
    taken_at: datetime | None = None


def examine(file_name: str, content: bytes) -> Examined:
    """Accept or refuse a file. Blocks for some ten milliseconds: call it in a thread.

    Raises `DocumentRefused` with the reason, or `TypeNotAllowed`.
    """
    name = clean_name(file_name)
    if not content:
        raise DocumentRefused("document.empty")
    found = _agreed_format(name, content)
    sha256 = hashlib.sha256(content).hexdigest()
    if found.is_image:
        photograph = examine_image(content, found)
        return Examined(name, found, sha256, photograph.position, photograph.taken_at)
    _PAPERS[found](content)
    return Examined(name, found, sha256)


_PAPERS = {PDF: examine_pdf, XLSX: examine_xlsx, CSV: examine_csv}


def clean_name(file_name: str) -> str:
    """The name without folders, in composed form. Raises `DocumentRefused` for one that is no
    name: empty, too long, or with control or direction-changing characters."""
    name = unicodedata.normalize("NFC", re.split(r"[\\/]", file_name)[-1]).strip()
    # Cf holds the right-to-left override that makes "exe.jpg" of "gpj.exe"; ZWJ/ZWNJ are harmless.
    hidden = any(
        unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") and sign not in "\u200c\u200d"
        for sign in name
    )
    if hidden or not name.strip(".") or len(name) > MOST_NAME:
        raise DocumentRefused("document.bad-name")
    return name


def _agreed_format(name: str, content: bytes) -> Format:
    """The type that both content and ending show."""
    found, claimed = format_by_content(content), format_by_ending(name)
    if found is None and _is_active_markup(content, name):
        raise DocumentRefused("document.script")
    if found is None and claimed is None:
        raise TypeNotAllowed(allowed=ALLOWED)
    if found is CSV and claimed is None and ending_of(name) != "":
        # Any text is CSV by content; its ending says what it really is.
        raise TypeNotAllowed(allowed=ALLOWED)
    if found is None or found is not claimed:
        raise DocumentRefused("document.wrong-extension")
    return found


def _is_active_markup(content: bytes, name: str) -> bool:
    """Whether content is markup with something that runs, such as a script in an SVG."""
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_markup = head.startswith(b"<") or ending_of(name) in (".svg", ".html", ".xml")
    return is_markup and _ACTIVE_MARKUP.search(content) is not None
