"""The certificate's page: read back as text, as fonts, and as a QR code from its pixels."""

from __future__ import annotations

import dataclasses
import io
from datetime import UTC, date, datetime

import pypdfium2
import pytest
import zxingcpp

from app.core.identity import Language
from app.core.pdf import (
    CROPS_SHOWN,
    FONTS,
    PrintedCertificate,
    PrintedCrop,
    RenderingError,
    local_day,
    render_certificate,
    written_date,
)

CERTIFICATE = PrintedCertificate(
    number="GACP-2569-7QK4M-9T2XW",
    holder="นางสาวสมหญิง ใจดีพัฒนา",
    farm="สวนสมุนไพรบ้านห้วยทราย",
    address="99/1 หมู่ 4 ตำบลห้วยทราย",
    district="อำเภอสันกำแพง",
    province="เชียงใหม่",
    area_rai=12.5,
    crops=(PrintedCrop("ขมิ้นชัน", "Curcuma longa L.", "เหง้า"), PrintedCrop("ไพล")),
    issued_on=date(2026, 11, 23),
    valid_until=date(2029, 11, 22),
    verify_url="https://gacp.example/verify/GACP-2569-7QK4M-9T2XW",
)
LANGUAGES = pytest.mark.parametrize("language", list(Language))


def opened(body: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(io.BytesIO(body))


def text_of(body: bytes) -> str:
    page = opened(body)[0]
    return page.get_textpage().get_text_range()


@LANGUAGES
def test_it_is_one_page_of_a4(language):
    document = opened(render_certificate(CERTIFICATE, language))
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((595.28, 841.89), abs=0.1)


@LANGUAGES
def test_the_qr_code_on_the_page_holds_the_address_of_the_check(language):
    page = opened(render_certificate(CERTIFICATE, language))[0]
    [code] = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert code.text == CERTIFICATE.verify_url
    assert code.format == zxingcpp.BarcodeFormat.QRCode


@LANGUAGES
def test_number_holder_farm_crops_and_province_stand_on_it(language):
    text = text_of(render_certificate(CERTIFICATE, language))
    for part in (CERTIFICATE.number, "สมหญิง", "ห้วยทราย", "เชียงใหม่", "Curcuma longa L.", "ไพล"):
        assert part in text
    assert "12.5" in text


def test_the_thai_page_has_thai_words_and_buddhist_years():
    text = text_of(render_certificate(CERTIFICATE, Language.THAI))
    assert "ใบรับรอง" in text
    assert "23 พฤศจิกายน 2569" in text
    assert "22 พฤศจิกายน 2572" in text
    assert "2026" not in text


def test_the_english_page_has_english_words_and_christian_years():
    text = text_of(render_certificate(CERTIFICATE, Language.ENGLISH))
    assert "This is to certify that" in text
    assert "23 November 2026" in text
    assert "ใบรับรอง" not in text


@LANGUAGES
def test_only_our_own_fonts_are_used_and_they_are_embedded(language):
    body = render_certificate(CERTIFICATE, language)
    page = opened(body)[0]
    fonts = {
        one.get_font().get_base_name()
        for one in page.get_objects()
        if isinstance(one, pypdfium2.PdfTextObj)
    }
    assert fonts
    assert all("Sarabun" in name for name in fonts), fonts
    embedded = [
        one.get_font().is_embedded
        for one in page.get_objects()
        if isinstance(one, pypdfium2.PdfTextObj)
    ]
    assert all(embedded)


@LANGUAGES
def test_the_same_data_gives_the_same_bytes(language):
    assert render_certificate(CERTIFICATE, language) == render_certificate(CERTIFICATE, language)


@LANGUAGES
def test_what_a_farmer_wrote_is_never_markup(language):
    hostile = '#panic("no") $x$ *bold* ${evil} <tag> \\ " @ref'
    body = render_certificate(dataclasses.replace(CERTIFICATE, farm=hostile), language)
    assert '#panic("no")' in text_of(body)


@LANGUAGES
def test_the_longest_texts_still_fit_one_page(language):
    crowded = dataclasses.replace(
        CERTIFICATE,
        holder="ก" * 120,
        farm="ขวดน้ำ" * 20,
        address="เลขที่ ๑๒๓ " * 27,
        district="ด" * 120,
        province="จ" * 120,
        crops=tuple(
            PrintedCrop("ว่านนางคำ" * 13, "Curcuma aromatica " * 6, "เหง้า" * 20) for _ in range(50)
        ),
    )
    body = render_certificate(crowded, language)
    assert len(opened(body)) == 1
    assert str(50 - CROPS_SHOWN) in text_of(body)
    page = opened(body)[0]
    [code] = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert code.text == CERTIFICATE.verify_url


def test_a_test_certificate_says_so_across_the_page_and_a_real_one_does_not():
    marked = dataclasses.replace(CERTIFICATE, is_test=True)
    assert "TEST SPECIMEN" in text_of(render_certificate(marked, Language.ENGLISH))
    assert "TEST SPECIMEN" not in text_of(render_certificate(CERTIFICATE, Language.ENGLISH))


def test_a_missing_font_is_an_error_and_no_silent_substitute(monkeypatch, tmp_path):
    monkeypatch.setattr("app.core.pdf.FONTS", tmp_path)
    with pytest.raises(RenderingError, match="GACP-2569-7QK4M-9T2XW"):
        render_certificate(CERTIFICATE, Language.THAI)


def test_the_fonts_come_with_their_licence():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "LICENSE").read_text()
    assert sum(one.stat().st_size for one in FONTS.iterdir()) < 1_000_000


def test_days_are_those_of_thailand():
    assert local_day(datetime(2026, 12, 31, 18, tzinfo=UTC)) == date(2027, 1, 1)


def test_dates_are_written_out():
    assert written_date(date(2026, 1, 2), Language.THAI) == "2 มกราคม 2569"
    assert written_date(date(2026, 1, 2), Language.ENGLISH) == "2 January 2026"
