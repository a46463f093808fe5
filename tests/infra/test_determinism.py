"""The graph of a stack is the same text whatever order Python's hashes come in."""

import os
import subprocess
import sys

import pytest

from tests.support.stacks import ON_AWS, ROOT

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

# Every run imports the SDK anew: two in `make test`, twenty in `make soak`.
RUNS = int(os.environ.get("GACP_HASH_SEEDS", "2"))
CELLS = ON_AWS if RUNS > 2 else [cell for cell in ON_AWS if cell[0] == "prod"]


def printed(stack, profile, seed):
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.printed_graph", stack, profile],
        cwd=ROOT,
        env={"PYTHONHASHSEED": str(seed), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return ran.stdout


@pytest.mark.parametrize(("stack", "profile"), CELLS)
def test_a_graph_is_the_same_whatever_the_hash_seed(stack, profile):
    first, *others = (printed(stack, profile, seed) for seed in range(RUNS))
    assert first.count("\n") > 100
    assert set(others) == {first}
