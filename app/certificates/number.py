"""Numbers of certificates: not to be guessed, to be typed from paper, wrong ones noticed.

`GACP-2569-7QK4M-9T2XW`: the series, the year of issue in the Buddhist era, nine random characters
(45 bits) and a check character.
"""

from __future__ import annotations

import re
import secrets
from enum import StrEnum

# Crockford's base 32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM = 9
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_FORM = re.compile(rf"(GACP|TEST)-([0-9]{{4}})-([{ALPHABET}]{{5}})-([{ALPHABET}]{{5}})")


class Series(StrEnum):
    """What a number begins with."""

    GACP = "GACP"
    TEST = "TEST"  # smoke tests and demonstrations: marked on the page, proves nothing


def new_number(series: Series, buddhist_year: int) -> str:
    """A number of the year, from the system's random source."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    body += check_character(f"{buddhist_year}{body}")
    return f"{series}-{buddhist_year}-{body[:5]}-{body[5:]}"


def read_number(written: str) -> str | None:
    """The number that a person meant: case, spaces and look-alikes are forgiven.

    None for what is no number: wrong form or wrong check character, so that most mistakes are told
    without asking the database.
    """
    series, dash, rest = written.strip().upper().replace(" ", "").partition("-")
    candidate = series + dash + rest.translate(_READ_AS)
    match = _FORM.fullmatch(candidate)
    if match is None:
        return None
    _, year, first, second = match.groups()
    body = first + second
    return candidate if check_character(year + body[:-1]) == body[-1] else None


def check_character(characters: str) -> str:
    """Luhn's method with 32 digits: notices every single wrong character, and neighbours that
    changed places unless they are 0 and Z."""
    size = len(ALPHABET)
    total = 0
    for index, character in enumerate(reversed(characters)):
        value = ALPHABET.index(character) * (2 if index % 2 == 0 else 1)
        total += value // size + value % size
    return ALPHABET[-total % size]
