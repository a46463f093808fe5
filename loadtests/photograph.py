"""The photograph that load users upload."""

from __future__ import annotations

import io

from PIL import ExifTags, Image, ImageDraw

SIZE = (1600, 1200)  # pixels: a telephone's photograph, reduced; larger than a thumbnail


def photograph() -> bytes:
    """A JPEG with a position in its EXIF block, about 100 KB."""
    image = Image.new("RGB", SIZE, (52, 120, 64))
    draw = ImageDraw.Draw(image)
    for step in range(0, SIZE[0], 40):
        draw.line([(step, 0), (SIZE[0] - step, SIZE[1])], fill=(step % 255, 90, 40), width=3)
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (18.0, 47.0, 25.0),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (98.0, 59.0, 5.0),
        }
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()
