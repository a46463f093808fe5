"""What somebody changes behind a stack's back is found by refresh, named exactly, and put right.

Some kinds here, all of them and forty clean runs in `make soak` (`python -m tests.infra.drift`).
"""

from dataclasses import replace

import pytest

from tests.infra.drift import harness
from tests.infra.drift.matrix import KINDS, Table, in_rounds, serving
from tests.infra.drift.over_api import UNSEEN

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # botocore's
]

# A property and a resource that is gone, in the record; the same on the API, a policy by meaning.
BY_RECORD = ("database: deletion protection off", "machine: terminated")
OVER_API = (
    "group: a rule opened to the world",
    "storage: a bucket opened by its policy",
    "logs: a group deleted",
    "network: a tag changed",
)


def kinds(names):
    found = [kind for kind in KINDS if kind.name in names]
    assert len(found) == len(names)
    return found


def test_there_are_kinds_enough_and_each_is_named_once():
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names) >= 30


def test_what_is_only_recorded_is_found_and_put_right(tmp_path):
    table = Table()
    assert in_rounds(harness.recorded(tmp_path, "host"), kinds(BY_RECORD), None, table) == []
    assert (table.found, table.missed) == (len(BY_RECORD), [])


def test_what_somebody_does_over_the_api_is_found_and_nothing_else(tmp_path):
    table = Table()
    with serving() as moto:
        engine = harness.beside(tmp_path, "host", moto)
        assert harness.clean(engine, moto, 1).words() == "nothing"
        assert in_rounds(engine, kinds(OVER_API), moto.client, table) == []
        # It forgets everything: that is nobody's doing.
        assert harness.clean(engine, moto, 4).words() == "nothing"
    assert (table.found, table.missed) == (len(OVER_API), [])


def test_what_refresh_names_beside_the_drift_is_a_miss(tmp_path):
    """The check that all of the above rests on, seen red."""
    engine, table = harness.recorded(tmp_path, "host"), Table()
    another = replace(kinds(BY_RECORD)[0], shows=("port",))
    assert in_rounds(engine, [another], None, table) == []
    assert table.missed == [another.name]


def test_what_refresh_cannot_see_says_who_does():
    assert all(kind.reason for kind in UNSEEN)
