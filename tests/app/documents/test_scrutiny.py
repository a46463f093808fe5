import hashlib
from datetime import datetime

import pytest

from app.documents.images import BANGKOK
from app.documents.scrutiny import examine
from app.errors import DocumentRefused, TypeNotAllowed
from tests.app.documents.files import (
    HONEST,
    HOSTILE,
    LATITUDE,
    LONGITUDE,
    NOT_ALLOWED,
    photograph,
    png_header,
    workbook_with,
)


@pytest.mark.parametrize("name", list(HONEST))
def test_an_honest_file_is_taken(name):
    examined = examine(name, HONEST[name])
    assert examined.file_name == name
    assert examined.sha256 == hashlib.sha256(HONEST[name]).hexdigest()
    assert name.lower().endswith(examined.format.endings)


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_hostile_file_is_refused_with_its_reason(case):
    name, content, reason = HOSTILE[case]
    with pytest.raises(DocumentRefused) as refusal:
        examine(name, content)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("name", list(NOT_ALLOWED))
def test_a_type_that_is_not_on_the_list_is_refused(name):
    with pytest.raises(TypeNotAllowed):
        examine(name, NOT_ALLOWED[name])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_position_and_time_of_a_photograph_are_read(form):
    ending = {"JPEG": "jpg"}.get(form, form.lower())
    examined = examine(f"a.{ending}", photograph(form))
    assert examined.position is not None
    assert abs(examined.position.latitude - LATITUDE) < 1e-5
    assert abs(examined.position.longitude - LONGITUDE) < 1e-5
    assert examined.taken_at == datetime(2026, 11, 20, 12, 0, tzinfo=BANGKOK)


def test_a_photograph_without_position_is_taken_without_one():
    assert examine("a.jpg", photograph(position=False)).position is None


def test_the_most_pixels_are_taken_as_far_as_their_number_goes():
    assert examine("a.png", png_header(10_000, 5_000)).format.content_type == "image/png"


def test_a_telephones_trailer_is_no_hidden_archive():
    """Pictures in one file (MPF) and motion photographs end with more than a picture."""
    assert examine("a.jpg", photograph() + photograph())
    assert examine("a.jpg", photograph() + b"\x00\x00\x00\x18ftypmp42" + bytes(100))


def test_printer_settings_are_no_macro():
    content = workbook_with("xl/printerSettings/printerSettings1.bin", b"x")
    assert examine("a.xlsx", content)


def test_folders_in_a_name_are_dropped():
    assert examine("C:\\ไร่\\..\\ภาพ.jpg", photograph()).file_name == "ภาพ.jpg"
    assert examine("../../etc/a.jpg", photograph()).file_name == "a.jpg"
