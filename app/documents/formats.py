"""Which files are taken, and how a type is told from content alone."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A type that is taken, with the file endings that agree with it."""

    content_type: str
    endings: tuple[str, ...]
    is_image: bool = False


JPEG = Format("image/jpeg", (".jpg", ".jpeg"), is_image=True)
PNG = Format("image/png", (".png",), is_image=True)
WEBP = Format("image/webp", (".webp",), is_image=True)
PDF = Format("application/pdf", (".pdf",))
XLSX = Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
CSV = Format("text/csv", (".csv",))
FORMATS = (JPEG, PNG, WEBP, PDF, XLSX, CSV)
ALLOWED = "JPEG, PNG, WebP, PDF, XLSX, CSV"

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENDING_FORMAT = {ending: one for one in FORMATS for ending in one.endings}


def ending_of(file_name: str) -> str:
    """The ending with its dot, in lower case; empty for none."""
    _, dot, tail = file_name.rpartition(".")
    return f".{tail.lower()}" if dot else ""


def format_by_ending(file_name: str) -> Format | None:
    """The format that the name claims."""
    return _ENDING_FORMAT.get(ending_of(file_name))


def format_by_content(content: bytes) -> Format | None:
    """The format that the first bytes show; None for one that is not taken.

    Text is CSV only if it is UTF-8 without control characters and no markup begins it.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return XLSX
    return CSV if is_plain_text(content) else None


def is_plain_text(content: bytes) -> bool:
    """Whether content is UTF-8 text, without control characters, that does not begin as markup."""
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"<", b"%") or head.startswith((b"#!", b"{\\rtf")):
        return False
    if _CONTROL.search(content):
        return False
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True
