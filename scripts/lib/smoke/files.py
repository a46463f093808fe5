"""The five files of the certification path, made in memory: each run has files of its own."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from PIL import ExifTags, Image, ImageDraw

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Chiang Mai, where the farm of the smoke test lies: degrees, minutes, seconds.
LATITUDE, LONGITUDE = (18.0, 47.0, 25.0), (98.0, 59.0, 5.0)
PHOTOGRAPH = (2400, 1600)  # pixels: larger than both renditions


@dataclass(frozen=True, slots=True)
class SmokeFile:
    """One upload: kind as the API names it, file name, media type and bytes."""

    kind: str
    name: str
    media_type: str
    content: bytes


def decimal_degrees(parts: tuple[float, float, float]) -> float:
    """Degrees from degrees, minutes and seconds."""
    return parts[0] + parts[1] / 60 + parts[2] / 3600


def five_files(marker: str) -> tuple[SmokeFile, ...]:
    """Two photographs with a position, a PDF, a workbook and a table; `marker` is in each."""
    return (
        SmokeFile("photo", "field.jpg", "image/jpeg", photograph(marker, (46, 110, 60))),
        SmokeFile("photo", "store.jpg", "image/jpeg", photograph(marker, (120, 84, 40))),
        SmokeFile("deed", "deed.pdf", "application/pdf", _pdf(marker)),
        SmokeFile("plan", "plan.xlsx", XLSX_TYPE, _workbook([["แปลง", "ไร่"], [marker, "12.5"]])),
        SmokeFile("record", "record.csv", "text/csv", _table([["วันที่", "งาน"], ["1", marker]])),
    )


def photograph(
    marker: str, colour: tuple[int, int, int], size: tuple[int, int] = PHOTOGRAPH
) -> bytes:
    """A JPEG with the farm's position in its EXIF block; `size` in pixels."""
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    for step in range(0, size[0], max(8, size[0] // 60)):
        draw.line([(step, 0), (size[0] - step, size[1])], fill=(step % 255, colour[1], colour[2]))
    draw.text((20, 20), marker, fill=(255, 255, 255))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "GACP smoke"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: LATITUDE,
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: LONGITUDE,
        }
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def carries_position(content: bytes) -> bool:
    """Whether an image's EXIF block holds a position."""
    with Image.open(io.BytesIO(content)) as image:
        return bool(image.getexif().get_ifd(ExifTags.IFD.GPSInfo))


def image_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    with Image.open(io.BytesIO(content)) as image:
        return image.size


def _pdf(marker: str) -> bytes:
    page = Image.new("RGB", (595, 842), "white")
    ImageDraw.Draw(page).text((60, 60), f"Title deed {marker}", fill="black")
    out = io.BytesIO()
    page.save(out, "PDF", resolution=72)
    return out.getvalue()


def _table(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8")


def _workbook(rows: list[list[str]]) -> bytes:
    """A workbook of one sheet with texts in its cells (ECMA-376 part 1, the least that opens)."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    content = ET.Element("Types", xmlns=types)
    xml, package = "application/xml", "application/vnd.openxmlformats-package.relationships+xml"
    ET.SubElement(content, "Default", Extension="xml", ContentType=xml)
    ET.SubElement(content, "Default", Extension="rels", ContentType=package)
    for name, kind in (("/xl/workbook.xml", "sheet.main"), ("/xl/sheet.xml", "worksheet")):
        kind = f"{part}.{kind}+xml"
        ET.SubElement(content, "Override", PartName=name, ContentType=kind)

    book = ET.Element("workbook", {"xmlns": main, "xmlns:r": office})
    sheets = ET.SubElement(book, "sheets")
    ET.SubElement(sheets, "sheet", {"name": "plan", "sheetId": "1", "r:id": "rId1"})

    sheet = ET.Element("worksheet", xmlns=main)
    data = ET.SubElement(sheet, "sheetData")
    for row in rows:
        line = ET.SubElement(data, "row")
        for value in row:
            cell = ET.SubElement(line, "c", t="inlineStr")
            ET.SubElement(ET.SubElement(cell, "is"), "t").text = value

    def relation(kind: str, target: str) -> ET.Element:
        root = ET.Element("Relationships", xmlns=relations)
        place = {"Id": "rId1", "Type": f"{office}/{kind}", "Target": target}
        ET.SubElement(root, "Relationship", place)
        return root

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, element in {
            "[Content_Types].xml": content,
            "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": relation("worksheet", "sheet.xml"),
            "xl/sheet.xml": sheet,
        }.items():
            archive.writestr(path, ET.tostring(element, "utf-8", xml_declaration=True))
    return out.getvalue()
