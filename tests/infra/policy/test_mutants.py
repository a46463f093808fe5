"""Misconfigurations are caught, and the misses are known by name."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from infra.policy.graph import Graph
from infra.policy.model import Options
from tests.infra.policy import mutants
from tests.infra.policy.mutants import Mutant, Tally
from tests.infra.policy.whole import res
from tests.infra.policy.whole_data import whole_graph
from tests.support.policy_graphs import graph_of_recording, profile
from tests.support.recording import run_program
from tests.support.stacks import stack_configuration

AT_LEAST = 150
SHARE = 0.95


@cache
def graph_of(title: str) -> Graph:
    if title == "complete":
        return whole_graph()
    return graph_of_recording(run_program("prod", stack_configuration("prod")))


@pytest.mark.parametrize(("title", "compute"), [("complete", "cluster"), ("recorded", "host")])
def test_single_misconfigurations_are_caught(title, compute):
    tally = mutants.run(graph_of(title), replace(profile(), compute=compute))
    lines = tally.lines(title)
    assert len(tally.caught) + len(tally.missed) >= AT_LEAST, lines[0]
    assert tally.share >= SHARE, "\n".join(lines)


def test_every_rule_of_mutation_makes_mutants():
    kinds = {mutant.kind for mutant in mutants.mutants(graph_of("complete"))}
    rules = {"dropped", "removed", "turned round", "unprotected", "weakened", "widened"}
    assert kinds == rules


def test_a_mutant_has_its_own_name_and_changes_something():
    graph = graph_of("complete")
    made = list(mutants.mutants(graph))
    assert len({(m.kind, m.name) for m in made}) == len({(m.kind, m.name): m for m in made})
    before = [(r.urn, r.properties, r.options) for r in graph.resources]
    for mutant in made:
        after = [(r.urn, r.properties, r.options) for r in mutant.edit(graph).resources]
        assert after != before, mutant.name


def test_a_miss_is_a_miss_and_is_named():
    # Nothing that a control looks at: every change goes unseen.
    plain = res("aws:route53/zone:Zone", "dns", forceDestroy=False)
    graph = Graph([replace(plain, options=Options(protect=True))])
    tally = mutants.run(graph, profile())
    assert {(m.kind, m.name) for m in tally.missed} >= {
        ("turned round", "Zone::dns.forceDestroy = True"),
        ("unprotected", "Zone::dns"),
    }
    assert "  missed (unprotected): Zone::dns" in tally.lines("x")


def test_the_share_counts_what_was_missed():
    one = Mutant("removed", "x", lambda graph: graph)
    assert Tally((one, one, one), (one,)).share == 0.75
