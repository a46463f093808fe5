"""The certificate as a PDF: A4, Thai or English, by typst with fonts of our own and no others.

The same data gives the same bytes: the time in the file is the day of issue, never the clock.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import typst

from app.core.identity import Language
from app.core.qr import qr_svg

_HERE = Path(__file__).parent.parent
FONTS = _HERE / "fonts"
TEMPLATE = _HERE / "templates" / "certificate" / "certificate.typ"
THAILAND = timezone(timedelta(hours=7))  # no daylight saving since 1920
BUDDHIST_ERA = 543
CROPS_SHOWN = 8  # the page holds so many rows at the largest allowed names
RENDER_SECONDS = 30

_THAI_MONTHS = (
    *("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน"),
    *("กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
)
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# One thread: a page takes tens of milliseconds, and a burst must not starve the event loop's core.
_renderer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pdf")


class RenderingError(Exception):
    """The page could not be set; the message is typst's."""


@dataclass(frozen=True, slots=True)
class PrintedCrop:
    """One row of the certificate's table; what is unknown is empty."""

    name: str
    scientific: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class PrintedCertificate:
    """What stands on the page. `area_rai` in rai, `verify_url` is the content of the QR code."""

    number: str
    holder: str
    farm: str
    address: str
    district: str
    province: str
    area_rai: float
    crops: tuple[PrintedCrop, ...]
    issued_on: date
    valid_until: date
    verify_url: str
    is_test: bool = False


def written_date(day: date, language: Language) -> str:
    """`23 พฤศจิกายน 2569` (Buddhist era) or `23 November 2026`."""
    if language is Language.THAI:
        return f"{day.day} {_THAI_MONTHS[day.month - 1]} {day.year + BUDDHIST_ERA}"
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


def local_day(moment: datetime) -> date:
    """The calendar day in Thailand."""
    return moment.astimezone(THAILAND).date()


def render_certificate(certificate: PrintedCertificate, language: Language) -> bytes:
    """The PDF, one page. Blocks for some 50 ms; raises `RenderingError`."""
    page = msgspec.json.encode(_page(certificate, language)).decode()
    stamp = datetime.combine(certificate.issued_on, time(), THAILAND)
    try:
        pdf, faults = typst.compile_with_warnings(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": page},
            timestamp=stamp,
        )
    except typst.TypstError as error:
        raise RenderingError(f"certificate {certificate.number}: {error}") from error
    if faults:  # a font that is not found is a mere warning, and another would take its place
        raise RenderingError(f"certificate {certificate.number}: {faults[0]}")
    return pdf


async def rendered(certificate: PrintedCertificate, language: Language) -> bytes:
    """`render_certificate` beside the event loop. Raises `TimeoutError` after 30 s."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(RENDER_SECONDS):
        return await loop.run_in_executor(_renderer, render_certificate, certificate, language)


def _page(certificate: PrintedCertificate, language: Language) -> dict[str, Any]:
    shown = certificate.crops[:CROPS_SHOWN]
    province = f"จังหวัด{certificate.province}" if _is_thai(certificate.province) else ""
    place = (certificate.address, certificate.district, province or certificate.province)
    return {
        "language": language.value,
        "number": certificate.number,
        "holder": certificate.holder,
        "farm": certificate.farm,
        "place": " ".join(part for part in place if part),
        "area": f"{certificate.area_rai:,.2f}".rstrip("0").rstrip("."),
        "crops": [
            {"name": one.name, "scientific": one.scientific, "part": one.part} for one in shown
        ],
        "more": len(certificate.crops) - len(shown),
        "issued": written_date(certificate.issued_on, language),
        "until": written_date(certificate.valid_until, language),
        "qr": qr_svg(certificate.verify_url),
        "address": certificate.verify_url,
        "test": certificate.is_test,
    }


def _is_thai(text: str) -> bool:
    return any("\u0e00" <= letter <= "\u0e7f" for letter in text)
