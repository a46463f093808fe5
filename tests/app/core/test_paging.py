from datetime import UTC, datetime, timedelta

import pytest

from app.core.paging import after, cut, decode_cursor, encode_cursor
from app.core.records import new_id
from app.errors import Invalid

AT = datetime(2026, 11, 23, 5, 0, 0, 123_000, tzinfo=UTC)


def test_a_cursor_comes_back_as_it_was():
    record_id = new_id()
    assert decode_cursor(encode_cursor(AT, record_id)) == (AT, record_id)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "e30",
        encode_cursor(AT, "short"),
        encode_cursor(AT, '{"$gt": ""}' + "a" * 15),
        "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OS54",
        "ไทย",
    ],
)
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(Invalid, match="cursor"):
        decode_cursor(cursor)


def test_the_next_page_begins_after_the_last_record_even_within_one_millisecond():
    record_id = new_id()
    filters = after(encode_cursor(AT, record_id))
    assert filters == {
        "$or": [{"createdAt": {"$lt": AT}}, {"createdAt": AT, "_id": {"$lt": record_id}}]
    }


def test_the_first_page_has_no_filter():
    assert after(None) == {}


def records(count):
    return [{"_id": new_id(), "createdAt": AT - timedelta(seconds=n)} for n in range(count)]


def test_a_full_page_with_more_behind_it_has_a_cursor_to_its_last_record():
    found = records(4)
    page, following = cut(found, 3)
    assert page == found[:3]
    assert decode_cursor(following) == (found[2]["createdAt"], found[2]["_id"])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_last_page_has_no_cursor(count):
    page, following = cut(records(count), 3)
    assert len(page) == count
    assert following is None
