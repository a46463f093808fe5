"""All text for people, in Thai and English, from the files under `app/texts`.

A file is `<area>.<language>.json`: a flat mapping of keys to sentences with named places in braces.
Both languages have the same keys and places; a test holds that, and that every key used exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from app.core.identity import Language

FOLDER = Path(__file__).parent.parent / "texts"


class MissingText(KeyError):  # noqa: N818 - named after what happened
    """No sentence under this key: a fault of ours, never of a caller."""


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Every key of a language with its sentence. Raises `ValueError` for a key in two files."""
    sentences: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{language}.json")):
        area = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        doubled = sentences.keys() & area.keys()
        if doubled:
            raise ValueError(f"{path.name} repeats {', '.join(sorted(doubled))}: one file a key")
        sentences |= area
    return sentences


def text(language: Language, key: str, /, **values: object) -> str:
    """The sentence under `key`, its places filled. Raises `MissingText`."""
    try:
        sentence = catalogue(language)[key]
    except KeyError:
        raise MissingText(f"{key} ({language})") from None
    return sentence.format_map(values) if values else sentence


def preferred_language(accept_language: str | None, default: Language) -> Language:
    """The first of our languages in an Accept-Language header by weight (RFC 9110 12.5.4)."""
    best, weight = default, 0.0
    for part in (accept_language or "").split(","):
        tag, _, parameter = part.strip().partition(";")
        name = tag.strip().lower().partition("-")[0]
        value = _weight(parameter)
        if name in (Language.THAI.value, Language.ENGLISH.value) and value > weight:
            best, weight = Language(name), value
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
