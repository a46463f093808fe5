"""Ids, times and the base of everything that is stored or shown."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

# Crockford's base 32 in lower case: no i, l, o, u, so that an id survives being read aloud.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 26


def new_id() -> str:
    """A 26 character id: 48 bits of milliseconds, then 80 random bits (the layout of a ULID).

    Ids of later milliseconds sort later, so `_id` order is the order of creation.
    """
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


def is_id(value: str) -> bool:
    """Whether `value` has the shape of an id; it says nothing about what the id names."""
    return len(value) == _ID_LENGTH and all(letter in _ALPHABET for letter in value)


def now() -> datetime:
    """The time in UTC, cut to milliseconds: what the database would give back."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Stored(msgspec.Struct, rename="camel", kw_only=True):
    """A document or a part of one, as it lies in the database.

    Fields that a release adds have a default, and unknown ones are ignored: an older process
    reads what a newer one wrote.
    """


class Input(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A body that a caller sends: unknown fields are refused, by name."""


class View(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """What a caller is shown. Fields at their default are left out."""


def to_document(record: msgspec.Struct) -> dict[str, Any]:
    """`record` as the mapping that the driver stores; times stay `datetime`."""
    document = msgspec.to_builtins(record, builtin_types=(datetime,))
    assert isinstance(document, dict)  # noqa: S101 - a struct is always a mapping
    return document


def from_document[T](document: object, kind: type[T]) -> T:
    """The record of type `kind` that `document` holds. Raises `msgspec.ValidationError`."""
    return msgspec.convert(document, kind)
