"""A stack that is interrupted at random points comes up, and goes, by the documented commands.

One point of an `up` of production here; ten points of `up` and `destroy` of each stack and profile
in `make soak` (`GACP_INTERRUPTIONS=10`). `GACP_SEED` decides where and how.
"""

import os

import pytest

from tests.support import interrupted
from tests.support.stacks import ON_AWS

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1200)]

POINTS = int(os.environ.get("GACP_INTERRUPTIONS", "1"))
SEED = os.environ.get("GACP_SEED", "1")
WHOLE = POINTS > 1
CELLS = ON_AWS if WHOLE else [cell for cell in ON_AWS if cell[0] == "prod"]


@pytest.mark.parametrize(("stack", "profile"), CELLS)
def test_what_is_interrupted_ends_well(tmp_path, stack, profile, record_property):
    if WHOLE:
        rows = interrupted.lives(tmp_path, stack, profile, SEED, POINTS)
    else:
        rows = interrupted.comes_up(tmp_path, stack, profile, SEED)
    for number, row in enumerate(rows, 1):
        # Plain texts: a report travels between processes, which take no enumeration.
        record_property("interruption", (f"{stack} {profile}", f"{number:2}", *map(str, row)))
    assert len(rows) == POINTS
