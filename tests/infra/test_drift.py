"""What somebody changes behind a stack's back is found by refresh, named exactly, and put right.

Some kinds here, all of them and forty clean runs in `make soak` (`python -m tests.infra.drift`).
"""

import pytest

from tests.infra.drift import harness
from tests.infra.drift.matrix import KINDS, serving
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
    engine = harness.recorded(tmp_path / "base", "host")
    for kind in kinds(BY_RECORD):
        harness.tried(engine, kind)


def test_what_somebody_does_over_the_api_is_found_and_nothing_else(tmp_path):
    with serving() as moto:
        engine = harness.beside(tmp_path, "host", moto)
        assert harness.clean(engine, moto, 1).words() == "nothing"
        for kind in kinds(OVER_API):
            harness.inject(
                engine, kind, harness.victim(engine, kind.token, kind.which), moto.client
            )
        found = harness.looked(engine)
        assert sorted(found.changes.values()) == sorted(kind.shows for kind in kinds(OVER_API))
        harness.put_right(engine)
        moto.restart()  # it forgets everything: that is nobody's doing
        assert harness.looked(engine).words() == "nothing"


def test_what_refresh_cannot_see_says_who_does():
    assert all(kind.reason for kind in UNSEEN)
