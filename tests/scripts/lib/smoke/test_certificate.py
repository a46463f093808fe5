import io

import pytest
import segno
from PIL import Image

from scripts.lib.smoke.certificate import decode_qr
from scripts.lib.smoke.line import CheckFailedError

# A part of this address's QR code reads as a Micro QR code too ("565514").
AMBIGUOUS = "http://127.0.0.1:32879/verify/GACP-2H8D-5K1P-6R7T"


def printed(*texts):
    page, out = Image.new("RGB", (595, 842), "white"), io.BytesIO()
    for place, text in enumerate(texts):
        code = io.BytesIO()
        segno.make(text, micro=False).save(code, kind="png", scale=4, border=4)
        page.paste(Image.open(code).convert("RGB"), (60, 60 + 300 * place))
    page.save(out, "PDF")
    return out.getvalue()


def test_a_part_of_the_qr_code_that_looks_like_a_smaller_one_is_no_second_code():
    assert decode_qr(printed(AMBIGUOUS)) == AMBIGUOUS


def test_two_qr_codes_are_refused_with_their_number():
    with pytest.raises(CheckFailedError, match="holds 2 different codes"):
        decode_qr(printed("https://a.example/verify/1", "https://a.example/verify/2"))


def test_a_page_without_a_qr_code_is_refused():
    with pytest.raises(CheckFailedError, match="holds 0 different codes"):
        decode_qr(printed())


def test_what_is_no_pdf_is_refused():
    with pytest.raises(CheckFailedError, match="does not open"):
        decode_qr(b"no PDF")
