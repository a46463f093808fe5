"""Renditions of photographs: small, upright, and without a word of where they were taken.

Pillow in the caller's thread (`asyncio.to_thread`): decoding blocks. Sizes and quality are those of
requirements.md, D5.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 50_000_000
QUALITY = 80
BOXES = {"display": (1920, 1080), "thumbnail": (800, 600)}
_DECODERS = ("JPEG", "PNG", "WEBP")
# EXIF orientations 5 to 8 lie on their side: width and height change places.
_ORIENTATION, _SIDEWAYS = 0x0112, frozenset({5, 6, 7, 8})


class Encoding(StrEnum):
    """What a rendition is written as."""

    JPEG = "image/jpeg"
    WEBP = "image/webp"

    @property
    def ending(self) -> str:
        return ".jpg" if self is Encoding.JPEG else ".webp"


class UnreadableImageError(Exception):
    """The bytes are no picture that we take: damaged, of another format, or far too large."""


@dataclass(frozen=True, slots=True)
class MadeRendition:
    """A derived picture; sides in pixels."""

    name: str
    encoding: Encoding
    width: int
    height: int
    body: bytes


def make_renditions(
    content: bytes, encoding: Encoding = Encoding.WEBP
) -> tuple[MadeRendition, ...]:
    """`display` (within 1920x1080) and `thumbnail` (within 800x600), never larger than the source.

    The orientation in the EXIF is applied to the pixels, then EXIF, XMP, comments and profiles are
    left behind. Raises `UnreadableImageError`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_DECODERS) as source:
                return _renditions(source, encoding)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableImageError(f"more than {MOST_PIXELS} pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnreadableImageError(f"not decodable: {type(error).__name__}") from error


def _renditions(source: Image.Image, encoding: Encoding) -> tuple[MadeRendition, ...]:
    width, height = source.size
    if width * height > MOST_PIXELS:  # known from the header, before a pixel is decoded
        raise UnreadableImageError(
            f"{width}x{height} is {width * height} pixels: at most {MOST_PIXELS} are decoded"
        )
    sideways = source.getexif().get(_ORIENTATION) in _SIDEWAYS
    box = BOXES["display"]
    # A JPEG decodes to a half, quarter or eighth for a fraction of the time; never below the box.
    source.draft("RGB", (box[1], box[0]) if sideways else box)
    upright = _flat(ImageOps.exif_transpose(source))
    made: list[MadeRendition] = []
    for name, sides in BOXES.items():
        # Each from the last: the thumbnail of the display picture needs no second large resize.
        upright.thumbnail(sides, Image.Resampling.LANCZOS, reducing_gap=2.0)
        body = _encoded(upright, encoding)
        made.append(MadeRendition(name, encoding, upright.width, upright.height, body))
    return tuple(made)


def _flat(image: Image.Image) -> Image.Image:
    """Plain RGB pixels in a new picture: transparency turns white, and only pixels come along."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        plain = Image.new("RGB", image.size, "white")
        plain.paste(layered, mask=layered.getchannel("A"))
        return plain
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _encoded(image: Image.Image, encoding: Encoding) -> bytes:
    out = io.BytesIO()
    if encoding is Encoding.JPEG:
        image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    else:
        image.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
