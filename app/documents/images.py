"""Photographs: hidden content, size in pixels, and where and when they were taken."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from PIL import ExifTags, Image, UnidentifiedImageError

from app.documents.formats import JPEG, PNG, WEBP, Format
from app.documents.model import Position
from app.errors import DocumentRefused

MOST_PIXELS = 50_000_000
BANGKOK = timezone(timedelta(hours=7))

# What makes an image also something that runs. Phones append harmless trailers of their own (other
# pictures, short films), so that a trailer is refused for what it is and not for being there.
_MARKUP = re.compile(rb"<script|<svg[\s>]|<html[\s>]|<!doctype html|<\?php[\s]|<iframe", re.I)
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
# Too short to be looked for anywhere: they count only where a trailer begins.
_HEADS = (b"MZ", b"\x7fELF", b"%PDF-", b"#!", b"\xca\xfe\xba\xbe", b"\x1f\x8b\x08", b"<")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_WITHIN = 65_535 + 22  # the longest comment, and the record itself


@dataclass(frozen=True, slots=True)
class Photograph:
    """What an image tells: sides in pixels, and position and time if its EXIF has them."""

    width: int
    height: int
    position: Position | None
    taken_at: datetime | None


def examine_image(content: bytes, kind: Format) -> Photograph:
    """Look at an image without decoding it in full. Raises `DocumentRefused`."""
    if _MARKUP.search(content):
        raise DocumentRefused("document.script")
    _refuse_hidden_archive(content, _end_of(content, kind), kind)
    try:
        with Image.open(io.BytesIO(content), formats=[kind.content_type[6:].upper()]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise DocumentRefused("document.too-many-pixels")
            exif = _exif_of_png(content) if kind is PNG else image.getexif()
            position, taken_at = position_of(exif), time_of(exif)
            _check_readable(image, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DocumentRefused("document.too-many-pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise DocumentRefused("document.unreadable") from None
    return Photograph(width, height, position, taken_at)


def _check_readable(image: Image.Image, kind: Format) -> None:
    """Notice a damaged file cheaply; the worker decodes it in full later."""
    if kind is JPEG:
        # An eighth of each side costs a tenth of the time and still walks the whole file.
        image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
        image.load()
    elif kind is PNG:
        image.verify()


def _refuse_hidden_archive(content: bytes, end: int, kind: Format) -> None:
    trailer = content[end:]
    rest = trailer.lstrip(b"\x00\r\n ")
    if kind is not JPEG and rest:
        raise DocumentRefused("document.trailing")
    if rest.startswith(_HEADS) or any(mark in trailer for mark in _ARCHIVES):
        raise DocumentRefused("document.trailing")
    if _ZIP_END in content[-_ZIP_END_WITHIN:] and b"PK\x01\x02" in content:
        raise DocumentRefused("document.trailing")


def _end_of(content: bytes, kind: Format) -> int:
    """Where the image's own bytes end. Raises `DocumentRefused` for one that never does."""
    if kind is PNG:
        return _end_of_png(content)
    if kind is WEBP:
        declared = 8 + int.from_bytes(content[4:8], "little")
        if declared > len(content):
            raise DocumentRefused("document.unreadable")
        return declared
    return _end_of_jpeg(content)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of the body of every chunk (PNG specification, 5.3)."""
    at = 8
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], at + 8, end
        at = end + 4


def _end_of_png(content: bytes) -> int:
    for kind, _, end in _png_chunks(content):
        if kind == b"IEND" and end + 4 <= len(content):
            return end + 4
    raise DocumentRefused("document.unreadable")


def _exif_of_png(content: bytes) -> Image.Exif:
    """Pillow would decode the whole picture to look for it behind the pixels."""
    exif = Image.Exif()
    for kind, begin, end in _png_chunks(content):
        if kind == b"eXIf":
            exif.load(b"Exif\x00\x00" + content[begin:end])
        if kind == b"IEND":
            break
    return exif


_JPEG_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _end_of_jpeg(content: bytes) -> int:
    """Walk the segments (ITU T.81 annex B): thumbnails inside them have ends of their own."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise DocumentRefused("document.unreadable")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return at + 2
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            found = _JPEG_SCAN_END.search(content, at)
            if found is None:
                raise DocumentRefused("document.unreadable")
            at = found.start()
    if content[at : at + 2] == b"\xff\xd9":
        return at + 2
    raise DocumentRefused("document.unreadable")


def position_of(exif: Image.Exif) -> Position | None:
    """Latitude and longitude in degrees; None if absent or no place on Earth."""
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude))
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude))
    if latitude is None or longitude is None or latitude > 90 or longitude > 180:
        return None
    south = str(gps.get(ExifTags.GPS.GPSLatitudeRef, "N")).upper().startswith("S")
    west = str(gps.get(ExifTags.GPS.GPSLongitudeRef, "E")).upper().startswith("W")
    return Position(
        latitude=round(-latitude if south else latitude, 7),
        longitude=round(-longitude if west else longitude, 7),
    )


def _degrees(parts: Any) -> float | None:
    """Degrees, minutes and seconds as one number; None for what is no angle."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    return angle if math.isfinite(angle) and angle >= 0 else None


def time_of(exif: Image.Exif) -> datetime | None:
    """When the shutter opened; a camera that names no zone is taken to keep Thai time."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    stamp = str(details.get(ExifTags.Base.DateTimeOriginal, "")).strip("\x00 ")
    offset = str(details.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 ")
    for form, value in (("%Y:%m:%d %H:%M:%S%z", stamp + offset), ("%Y:%m:%d %H:%M:%S", stamp)):
        try:
            moment = datetime.strptime(value, form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)
    return None
