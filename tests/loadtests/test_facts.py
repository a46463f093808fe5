"""Counting: percentiles by nearest rank, refusals apart, and files that are whole or absent."""

import json

import pytest

from loadtests.facts import Endpoint, FactsError, RunFacts, read_facts, together, write_facts
from tests.loadtests.runs import good_facts


@pytest.mark.parametrize(
    ("times", "share", "expected"),
    [
        ({}, 0.95, 0),
        ({7: 1}, 0.5, 7),
        ({1: 95, 900: 5}, 0.95, 1),
        ({1: 94, 900: 6}, 0.95, 900),
        ({10: 1, 20: 1, 30: 1, 40: 1}, 0.5, 20),
        ({10: 99, 500: 1}, 0.99, 10),
        ({10: 98, 500: 2}, 0.99, 500),
    ],
)
def test_percentiles_are_by_nearest_rank(times, share, expected):
    assert Endpoint(times).percentile(share) == expected


def test_refusals_are_requests_but_no_samples():
    endpoint = Endpoint({100: 10}, refusals=1000)
    assert endpoint.requests == 1010
    assert endpoint.percentile(0.5) == 100


def test_endpoints_together_are_the_sum():
    whole = together([Endpoint({1: 2}, {"x": 1}, 3), Endpoint({1: 1, 5: 1}, {"x": 2}, 0)])
    assert whole == Endpoint({1: 3, 5: 1}, {"x": 3}, 3)


def test_what_was_written_is_read_back(tmp_path):
    facts = good_facts()
    write_facts(tmp_path / "facts.json", facts)
    assert read_facts(tmp_path / "facts.json") == facts


def test_an_absent_file_is_no_result(tmp_path):
    assert read_facts(tmp_path / "facts.json") is None


def test_another_version_s_file_is_refused(tmp_path):
    path = tmp_path / "facts.json"
    write_facts(path, RunFacts())
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 0}))
    with pytest.raises(FactsError, match="another version"):
        read_facts(path)


def test_a_rate_without_time_is_none():
    assert RunFacts(steady_requests=10).rate == 0
