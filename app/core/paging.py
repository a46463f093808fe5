"""Lists in pages, newest first, continued by a cursor on (created_at, _id)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta

from app.core.records import View, is_id
from app.errors import Invalid

MOST = 100
DEFAULT = 20
Limit = Annotated[int, Meta(ge=1, le=MOST)]
NEWEST_FIRST = [("createdAt", -1), ("_id", -1)]


class Page[T](View, omit_defaults=False):
    """One page. `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None


def encode_cursor(created_at: datetime, record_id: str) -> str:
    """The cursor after a record; opaque to callers."""
    milliseconds = round(created_at.timestamp() * 1000)
    return base64.urlsafe_b64encode(f"{milliseconds}.{record_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """The record's time and id that `cursor` stands for. Raises `Invalid` for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        milliseconds, _, record_id = plain.partition(".")
        moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (binascii.Error, ValueError, OverflowError, OSError) as error:
        raise Invalid("cursor", "a nextCursor of an earlier page") from error
    if not is_id(record_id):
        raise Invalid("cursor", "a nextCursor of an earlier page")
    return moment, record_id


def after(cursor: str | None) -> dict[str, Any]:
    """The filter for what follows `cursor` in the order of `NEWEST_FIRST`."""
    if cursor is None:
        return {}
    moment, record_id = decode_cursor(cursor)
    return {
        "$or": [
            {"createdAt": {"$lt": moment}},
            {"createdAt": moment, "_id": {"$lt": record_id}},
        ]
    }


def cut(found: Sequence[dict[str, Any]], limit: int) -> tuple[Sequence[dict[str, Any]], str | None]:
    """The page in `found` (read with one more than `limit`) and the cursor to the next."""
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor(last["createdAt"], last["_id"])
