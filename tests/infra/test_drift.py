"""What somebody changes behind a stack's back is found by refresh, named exactly, and put right.

Some kinds here, all of them and forty clean runs in `make soak` (`python -m tests.infra.drift`).
"""

import pytest

from tests.infra.drift import harness
from tests.infra.drift.matrix import KINDS, Table, serving
from tests.infra.drift.over_api import UNSEEN

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # botocore's
]

# A property and a resource that is gone, in the record; the same on the API, a policy by meaning.
SAMPLE = (
    "database: deletion protection off",
    "machine: its group deleted",
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


def test_what_somebody_changes_is_found_alone_and_put_right(tmp_path):
    table = Table()
    with serving() as moto:
        engine = harness.beside(tmp_path, "host", moto)
        assert harness.clean(engine, moto, 1).words() == "nothing"
        *others, last = kinds(SAMPLE)
        expected = {}
        for kind in others:
            record = harness.victim(engine, kind.token, kind.which)
            harness.inject(engine, kind, record, moto.client)
            expected[record.token, record.id] = kind.shows
        record = harness.victim(engine, last.token, last.which)
        # The check that the matrix rests on, seen red: one more is found than was expected.
        assert not table.row(last, lambda: harness.added(engine, last, record, moto.client, {}))
        expected[record.token, record.id] = last.shows
        assert harness.looked(engine).changes == expected
        harness.put_right(engine)
        # It forgets everything: that is nobody's doing.
        assert harness.clean(engine, moto, 4).words() == "nothing"
    assert table.missed == [last.name]


def test_what_refresh_cannot_see_says_who_does():
    assert all(kind.reason for kind in UNSEEN)
