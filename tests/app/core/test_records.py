import time
from datetime import UTC, datetime

import msgspec
import pytest

from app.applications.model import Farm, FarmInput
from app.core.records import from_document, is_id, new_id, now, to_document

FARM = {
    "name": "ไร่",
    "province": "เชียงใหม่",
    "district": "แม่ริม",
    "address": "99",
    "areaRai": 1.5,
    "latitude": 18.9,
    "longitude": 98.9,
}


def test_ids_differ_and_sort_by_their_millisecond(monkeypatch):
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(is_id(one) for one in ids)
    early = new_id()
    later = time.time_ns() + 2_000_000
    monkeypatch.setattr("app.core.records.time.time_ns", lambda: later)
    assert early < new_id()


@pytest.mark.parametrize("value", ["", "a" * 25, "A" * 26, "l" * 26, "a" * 27, "{'$ne': 1}"])
def test_what_is_no_id_is_told(value):
    assert not is_id(value)


def test_times_are_kept_as_the_database_keeps_them():
    assert now().microsecond % 1000 == 0
    assert now().tzinfo is UTC


def test_a_stored_record_may_hold_fields_of_a_later_release():
    farm = from_document(FARM | {"soil": "loam"}, Farm)
    assert to_document(farm) == FARM


def test_a_sent_record_may_not():
    with pytest.raises(msgspec.ValidationError, match="soil"):
        msgspec.convert(FARM | {"soil": "loam"}, FarmInput)


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"name": "a\nb"},
        {"name": "a\n"},
        {"name": "x" * 121},
        {"areaRai": 0},
        {"areaRai": float("nan")},
        {"latitude": 90.1},
        {"longitude": -180.5},
        {"latitude": float("inf")},
    ],
)
def test_values_outside_their_bounds_are_refused(change):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(FARM | change, FarmInput)


def test_times_stay_times_in_a_document():
    class Event(msgspec.Struct):
        at: datetime

    moment = now()
    assert to_document(Event(moment)) == {"at": moment}
