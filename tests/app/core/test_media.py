"""Renditions: size, uprightness, and silence about the place."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from app.core.media import Encoding, UnreadableImageError, make_renditions

GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def picture(
    width: int,
    height: int,
    *,
    kind: str = "JPEG",
    mode: str = "RGB",
    orientation: int | None = None,
) -> bytes:
    """A picture, red above and blue below, whose EXIF tells the place and the telephone."""
    image = Image.new("RGB", (width, height), (20, 20, 220))
    image.paste((220, 20, 20), (0, 0, width, height // 2))
    exif = Image.Exif()
    exif[MAKER] = "Farmer's telephone"
    exif[GPS] = {1: "N", 2: (18.0, 44.0, 43.0), 3: "E", 4: (99.0, 7.0, 14.0)}
    if orientation:
        exif[ORIENTATION] = orientation
    out = io.BytesIO()
    image.convert(mode).save(out, kind, exif=exif)
    return out.getvalue()


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


@pytest.mark.parametrize(
    ("size", "display", "thumbnail"),
    [
        ((4000, 3000), (1440, 1080), (800, 600)),
        ((3000, 1000), (1920, 640), (800, 267)),
        ((1000, 3000), (360, 1080), (200, 600)),
        ((640, 480), (640, 480), (640, 480)),
    ],
)
def test_renditions_fit_their_boxes_and_never_grow(size, display, thumbnail):
    made = {one.name: one for one in make_renditions(picture(*size))}
    assert (made["display"].width, made["display"].height) == pytest.approx(display, abs=1)
    assert (made["thumbnail"].width, made["thumbnail"].height) == pytest.approx(thumbnail, abs=1)
    assert opened(made["display"].body).size == (made["display"].width, made["display"].height)


@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_position_and_no_other_metadata_is_left(kind, encoding):
    original = picture(2000, 1500, kind=kind)
    assert opened(original).getexif().get_ifd(GPS)
    for one in make_renditions(original, encoding):
        image = opened(one.body)
        assert Image.MIME[image.format] == encoding.value
        assert len(image.getexif()) == 0
        assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys()
        assert b"telephone" not in one.body
        assert b"Exif" not in one.body


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_to_the_pixels(orientation):
    upright = Image.new("RGB", (1200, 800), (20, 20, 220))
    upright.paste((220, 20, 20), (0, 0, 1200, 400))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    out = io.BytesIO()
    stored.save(out, "JPEG", exif=exif)
    display = opened(make_renditions(out.getvalue())[0].body)
    assert display.size == (1200, 800)
    assert display.getpixel((600, 100))[0] > 180
    assert display.getpixel((600, 700))[2] > 180


def test_transparency_becomes_white():
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    made = make_renditions(out.getvalue(), Encoding.JPEG)
    assert opened(made[0].body).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colour_spaces_become_rgb(mode):
    assert opened(make_renditions(picture(300, 200, mode=mode))[0].body).mode == "RGB"


def test_a_photograph_becomes_much_smaller():
    noise = Image.effect_noise((4000, 3000), 40).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=92)
    display = make_renditions(out.getvalue(), Encoding.JPEG)[0]
    assert len(display.body) < 0.3 * len(out.getvalue())


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises far more pixels than it brings."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("sides", [(8000, 7000), (20_000, 20_000)])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(sides):
    with pytest.raises(UnreadableImageError, match="50000000"):
        make_renditions(bomb(*sides))


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", picture(800, 600)[:2000], b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(UnreadableImageError, match="not decodable"):
        make_renditions(content)
