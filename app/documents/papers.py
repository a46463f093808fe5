"""PDF, spreadsheets and CSV: active content, hidden files and archives that burst."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from app.errors import DocumentRefused

MOST_UNPACKED = 100 * 1024 * 1024  # bytes
MOST_ENTRIES = 2_000
MOST_OBJECT_STREAM = 8 * 1024 * 1024

_MARKUP = re.compile(rb"<script|<html[\s>]|<!doctype html|<\?php[\s]|<iframe|<svg[\s>]", re.I)
# ISO 32000-1 sections 12.6.4 (actions), 7.11.4 (embedded files), 12.7.8 (XFA).
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
_OBJECT_STREAM = re.compile(rb"/ObjStm[^>]{0,400}>>\s*stream\r?\n(.*?)endstream", re.S)
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def examine_pdf(content: bytes) -> None:
    """Raises `DocumentRefused` for scripts, embedded files, encryption and what is cut off."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise DocumentRefused("document.unreadable")
    trailer = content[end + 5 :]
    if _MARKUP.search(trailer) or b"PK\x05\x06" in trailer or len(trailer.strip()) > 1024:
        raise DocumentRefused("document.trailing")
    # What is compressed is cut out, since any three letters occur in it by chance; streams that
    # hold objects are looked into.
    plain = _STREAM.sub(b"stream\nendstream", content)
    names = [plain, *(_unpacked(found) for found in _OBJECT_STREAM.findall(content))]
    for text in names:
        spelled = _NAME_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text)
        if b"/Encrypt" in spelled:
            raise DocumentRefused("document.encrypted")
        if _ACTIVE.search(spelled):
            raise DocumentRefused("document.script")


def _unpacked(stream: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        unpacked = inflater.decompress(stream, MOST_OBJECT_STREAM)
    except zlib.error:
        return stream  # another filter, or none: read as it stands
    if inflater.unconsumed_tail:
        raise DocumentRefused("document.bomb")
    return unpacked


def examine_xlsx(content: bytes) -> None:
    """Raises `DocumentRefused` for macros, bombs, encryption and what is no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_entries(archive.infolist())
            names = set(archive.namelist())
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                raise DocumentRefused("document.wrong-extension")
            with archive.open("[Content_Types].xml") as types:
                if b"macroEnabled" in types.read(1024 * 1024):
                    raise DocumentRefused("document.script")
            comment = len(archive.comment)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, OSError):
        raise DocumentRefused("document.unreadable") from None
    if content.rfind(b"PK\x05\x06") + 22 + comment != len(content) or comment:
        raise DocumentRefused("document.trailing")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
        raise DocumentRefused("document.bomb")
    for entry in entries:
        name = entry.filename.lower()
        if entry.flag_bits & 1:
            raise DocumentRefused("document.encrypted")
        if name.startswith("/") or ".." in name.split("/"):
            raise DocumentRefused("document.unreadable")
        if name.endswith((".bin", ".exe", ".dll", ".js", ".vbs")) and not _is_harmless(name):
            raise DocumentRefused("document.script")


def _is_harmless(name: str) -> bool:
    """Printer settings are the one binary part that ordinary workbooks carry."""
    return name.startswith("xl/printersettings/")


def examine_csv(content: bytes) -> None:
    """Raises `DocumentRefused` for markup that a browser would run."""
    if _MARKUP.search(content):
        raise DocumentRefused("document.script")
