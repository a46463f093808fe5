from pathlib import Path

import pytest

from infra.naming import Names
from tests.support.stacks import CELLS

GOLDEN = Path(__file__).parent / "golden"


def golden(stack, profile):
    return (GOLDEN / f"names-{stack}-{profile}.txt").read_text(encoding="utf-8")


def listed(graph):
    return "".join(f"{line}\n" for line in sorted(f"{r.type} {r.name}" for r in graph.resources))


@pytest.mark.parametrize(("stack", "profile"), CELLS)
def test_logical_names_are_those_of_the_golden_list(stack, profile, graph_of):
    """A name that changes replaces its resource. Meant? Give the resource an alias with its old
    name, then write the list anew: `python -m tests.infra.golden`."""
    assert listed(graph_of(stack, profile)) == golden(stack, profile)


def test_two_stacks_of_one_account_share_no_name():
    dev, prod = Names("dev"), Names("prod")
    assert dev.of("database") != prod.of("database")
    assert dev.path("app") != prod.path("app")
    assert dev.bucket("documents", "123456789012") != prod.bucket("documents", "123456789012")


def test_a_bucket_name_longer_than_s3_takes_is_refused_with_its_length():
    with pytest.raises(ValueError, match="65 characters and S3 takes 63"):
        Names("prod").bucket("x" * 42, "123456789012")
