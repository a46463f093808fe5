"""Files to upload: honest ones of every type, and hostile ones, made in memory."""

from __future__ import annotations

import io
import zipfile
import zlib

from openpyxl import Workbook
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

LATITUDE, LONGITUDE = 18.9127, 98.9436
EMPTY_ZIP_ENTRY = ("payload.txt", b"hello")


def photograph(
    form: str = "JPEG", size: tuple[int, int] = (64, 48), *, position: bool = True
) -> bytes:
    """A picture with EXIF: taken at noon on a farm near Chiang Mai."""
    image = Image.effect_noise(size, 80).convert("RGB")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Test"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:20 12:00:00"
    if position:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef] = "N"
        gps[ExifTags.GPS.GPSLatitude] = sexagesimal(LATITUDE)
        gps[ExifTags.GPS.GPSLongitudeRef] = "E"
        gps[ExifTags.GPS.GPSLongitude] = sexagesimal(LONGITUDE)
    target = io.BytesIO()
    image.save(target, form, exif=exif)
    return target.getvalue()


def sexagesimal(angle: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes and seconds, as a camera writes them."""
    degrees = int(angle)
    minutes = int((angle - degrees) * 60)
    seconds = (angle - degrees - minutes / 60) * 3600
    return IFDRational(degrees), IFDRational(minutes), IFDRational(round(seconds * 1000), 1000)


def png_header(width: int, height: int) -> bytes:
    """A PNG of these sides with hardly a byte of picture in it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + check

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(b"\x00" * 64)),
            chunk(b"IEND", b""),
        )
    )


def pdf(extra: bytes = b"", *, object_stream: bytes = b"") -> bytes:
    """A one page PDF; `extra` goes into the catalogue, `object_stream` into a packed stream."""
    packed = zlib.compress(object_stream)
    stream = (
        b"4 0 obj <</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length "
        + str(len(packed)).encode()
        + b">>\nstream\n"
        + packed
        + b"\nendstream endobj\n"
        if object_stream
        else b""
    )
    return (
        b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R "
        + extra
        + b">> endobj\n2 0 obj <</Type /Pages /Count 1 /Kids [3 0 R]>> endobj\n"
        + b"3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]>> endobj\n"
        + stream
        + b"trailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    )


def workbook() -> bytes:
    """A spreadsheet as people keep it."""
    book = Workbook()
    book.active.append(["วันที่", "น้ำหนัก"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def archive(*entries: tuple[str, bytes], comment: bytes = b"") -> bytes:
    """A ZIP file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in entries or (EMPTY_ZIP_ENTRY,):
            made.writestr(name, body)
        made.comment = comment
    return target.getvalue()


def workbook_with(name: str, body: bytes) -> bytes:
    """A spreadsheet with one more part."""
    target = io.BytesIO(workbook())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, body)
    return target.getvalue()


SCRIPT_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HONEST = {
    "ภาพแปลง.jpg": photograph(),
    "photo.JPEG": photograph(position=False),
    "plan.png": photograph("PNG"),
    "plan.webp": photograph("WEBP"),
    "deed.pdf": pdf(),
    "record.xlsx": workbook(),
    "record.csv": "วันที่,น้ำหนัก\n2569-11-20,12.5\n".encode("utf-8-sig"),
}
# Name: file name, content, reason.
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "script in SVG": ("leaf.svg", SCRIPT_SVG, "document.script"),
    "handler in SVG": ("a.svg", b'<svg onload="x()"></svg>', "document.script"),
    "SVG named JPEG": ("leaf.jpg", SCRIPT_SVG, "document.script"),
    "HTML named PNG": ("a.png", b"<html><script>1</script></html>", "document.script"),
    "empty": ("a.jpg", b"", "document.empty"),
    "PNG named JPEG": ("a.jpg", photograph("PNG"), "document.wrong-extension"),
    "JPEG named PDF": ("a.pdf", photograph(), "document.wrong-extension"),
    "PDF named JPEG": ("a.jpg", pdf(), "document.wrong-extension"),
    "program named JPEG": ("a.jpg", b"MZ" + bytes(200), "document.wrong-extension"),
    "JPEG without ending": ("photo", photograph(), "document.wrong-extension"),
    "JPEG named program": ("photo.exe", photograph(), "document.wrong-extension"),
    "archive named XLSX": ("a.xlsx", archive(), "document.wrong-extension"),
    "pixel bomb": ("a.png", png_header(30_000, 30_000), "document.too-many-pixels"),
    "just over the pixels": ("a.png", png_header(10_000, 5_001), "document.too-many-pixels"),
    "archive after JPEG": ("a.jpg", photograph() + archive(), "document.trailing"),
    "archive after PNG": ("a.png", photograph("PNG") + archive(), "document.trailing"),
    "archive after WebP": ("a.webp", photograph("WEBP") + archive(), "document.trailing"),
    "program after JPEG": ("a.jpg", photograph() + b"\x7fELF" + bytes(64), "document.trailing"),
    "HTML after JPEG": ("a.jpg", photograph() + b"<html><body>", "document.script"),
    "script after PNG": ("a.png", photograph("PNG") + b"<script>", "document.script"),
    "PHP in JPEG": (
        "a.jpg",
        photograph()[:-2] + b"\xff\xfe\x00\x0f<?php x();?>\xff\xd9",
        "document.script",
    ),
    "cut-off JPEG": ("a.jpg", photograph(size=(400, 300))[:900], "document.unreadable"),
    "cut-off PNG": ("a.png", photograph("PNG")[:-20], "document.unreadable"),
    "cut-off WebP": ("a.webp", photograph("WEBP")[:-20], "document.unreadable"),
    "damaged PNG": (
        "a.png",
        photograph("PNG")[:300] + b"\x00\x01\x02" + photograph("PNG")[303:],
        "document.unreadable",
    ),
    "script in PDF": ("a.pdf", pdf(b"/OpenAction <</S /JavaScript /JS (x)>>"), "document.script"),
    "script in PDF, spelled oddly": ("a.pdf", pdf(b"/AA <</S /J#61vaScript>>"), "document.script"),
    "script in a packed stream of a PDF": (
        "a.pdf",
        pdf(object_stream=b"5 0 <</S /JavaScript /JS (x)>>"),
        "document.script",
    ),
    "file in PDF": ("a.pdf", pdf(b"/Names <</EmbeddedFiles 9 0 R>>"), "document.script"),
    "program call in PDF": ("a.pdf", pdf(b"/A <</S /Launch>>"), "document.script"),
    "encrypted PDF": ("a.pdf", pdf(b"/Encrypt 9 0 R"), "document.encrypted"),
    "bomb in PDF": ("a.pdf", pdf(object_stream=bytes(9 * 1024 * 1024)), "document.bomb"),
    "cut-off PDF": ("a.pdf", pdf()[:60], "document.unreadable"),
    "archive after PDF": ("a.pdf", pdf() + archive(), "document.trailing"),
    "HTML after PDF": ("a.pdf", pdf() + b"<html>", "document.trailing"),
    "macros in XLSX": ("a.xlsx", workbook_with("xl/vbaProject.bin", b"x"), "document.script"),
    "program in XLSX": ("a.xlsx", workbook_with("xl/run.exe", b"MZ"), "document.script"),
    "bomb in XLSX": (
        "a.xlsx",
        workbook_with("xl/media/a.xml", bytes(101 * 1024 * 1024)),
        "document.bomb",
    ),
    "path out of XLSX": ("a.xlsx", workbook_with("../../etc/x", b"x"), "document.unreadable"),
    "cut-off XLSX": ("a.xlsx", workbook()[:500], "document.unreadable"),
    "bytes after XLSX": ("a.xlsx", workbook() + b"<html>", "document.trailing"),
    "script in CSV": ("a.csv", b"a,b\n<script>x</script>,1\n", "document.script"),
    "control characters in CSV": ("a.csv", b"a,b\n\x00\x01,1\n", "document.wrong-extension"),
    "CSV that is not UTF-8": ("a.csv", b"\xa1\xa2\xa3,1\n", "document.wrong-extension"),
    "name that hides its ending": ("a\u202egpj.exe", photograph(), "document.bad-name"),
    "name with a line feed": ("a\n.jpg", photograph(), "document.bad-name"),
    "name of dots": ("...", photograph(), "document.bad-name"),
    "name too long": ("a" * 197 + ".jpg", photograph(), "document.bad-name"),
}
# Types that nobody promised to read.
NOT_ALLOWED = {
    "picture.gif": b"GIF89a" + bytes(32),
    "letter.docx": b"\xd0\xcf\x11\xe0" + bytes(32),
    "film.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(32),
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
    "notes.txt": b"just text\n",
    "program.sh": b"#!/bin/sh\necho\n",
}
