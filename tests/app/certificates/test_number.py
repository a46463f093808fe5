"""Numbers: random, forgiving to people, unforgiving to mistakes."""

from __future__ import annotations

import random
import re

import pytest

from app.certificates.number import ALPHABET, Series, check_character, new_number, read_number


def test_a_number_has_series_year_and_ten_characters():
    number = new_number(Series.GACP, 2569)
    assert re.fullmatch(rf"GACP-2569-[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}", number)
    assert new_number(Series.TEST, 2569).startswith("TEST-2569-")


def test_numbers_do_not_repeat_or_follow_each_other():
    numbers = {new_number(Series.GACP, 2569) for _ in range(10_000)}
    assert len(numbers) == 10_000
    assert len({number[10:13] for number in numbers}) > 5_000


def test_a_number_is_read_as_it_was_made():
    for _ in range(200):
        number = new_number(Series.GACP, 2569)
        assert read_number(number) == number


def test_case_spaces_and_look_alikes_are_forgiven():
    body = "0101" + "00000"
    check = check_character("2569" + body)
    number = f"GACP-2569-{body[:5]}-{body[5:]}{check}"
    typed = number.lower().replace("0", "o").replace("1", "l").replace("gacp-2569", "gacp-2569")
    assert read_number(f"  {typed} ") == number
    assert read_number(number.replace("-", " - ")) == number


def test_every_wrong_character_is_noticed():
    number = new_number(Series.GACP, 2569)
    for place in range(10, len(number)):
        for other in ALPHABET:
            if number[place] not in ("-", other):
                assert read_number(number[:place] + other + number[place + 1 :]) is None


def test_nearly_every_swap_of_neighbours_is_noticed():
    noticed = total = 0
    for _ in range(500):
        number = new_number(Series.GACP, 2569)
        place = random.choice([10, 11, 12, 13, 16, 17, 18])
        a, b = number[place], number[place + 1]
        if a != b:
            total += 1
            noticed += read_number(number[:place] + b + a + number[place + 2 :]) is None
    assert noticed / total > 0.98


def test_another_year_is_another_number():
    number = new_number(Series.GACP, 2569)
    assert read_number(number.replace("2569", "2570")) is None


@pytest.mark.parametrize(
    "wrong", ["", "GACP", "GACP-2569", "X" * 500, "GACP-๒๕๖๙-AAAAA-AAAAA", "{$ne: 1}"]
)
def test_what_is_no_number_is_none(wrong):
    assert read_number(wrong) is None
