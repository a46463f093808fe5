"""Misconfigurations are caught, and the misses are known by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.policy.graph import Graph
from infra.policy.model import Options
from tests.infra.policy import mutants
from tests.infra.policy.mutants import COMPLETE, SHARE, STACKS, Mutant, Tally, graph_of
from tests.infra.policy.whole import res
from tests.support.policy_graphs import profile

AT_LEAST = 150


@pytest.mark.parametrize(("title", "compute"), STACKS.items())
def test_single_misconfigurations_are_caught(title, compute):
    tally = mutants.run(graph_of(title), profile(compute=compute))
    lines = tally.lines(title)
    assert len(tally.caught) + len(tally.missed) >= AT_LEAST, lines[0]
    assert tally.share >= SHARE, "\n".join(lines)


def test_every_rule_of_mutation_makes_mutants():
    kinds = {mutant.kind for mutant in mutants.mutants(graph_of(COMPLETE))}
    rules = {"dropped", "removed", "turned round", "unprotected", "weakened", "widened"}
    assert kinds == rules


def test_a_mutant_has_its_own_name_and_changes_something():
    graph = graph_of(COMPLETE)
    made = list(mutants.mutants(graph))
    assert len({(m.kind, m.name) for m in made}) == len({(m.kind, m.name): m for m in made})
    before = [(r.urn, r.properties, r.options) for r in graph.resources]
    for mutant in made:
        after = [(r.urn, r.properties, r.options) for r in mutant.edit(graph).resources]
        assert after != before, mutant.name


def test_a_miss_is_a_miss_and_is_named():
    # Nothing that a control looks at: every change goes unseen.
    plain = res("aws:sfn/activity:Activity", "plain", forceDestroy=False)
    graph = Graph([replace(plain, options=Options(protect=True))])
    tally = mutants.run(graph, profile())
    assert {(m.kind, m.name) for m in tally.missed} >= {
        ("turned round", "Activity::plain.forceDestroy = True"),
        ("unprotected", "Activity::plain"),
    }
    assert "  missed (unprotected): Activity::plain" in tally.lines("x")


def test_the_share_counts_what_was_missed():
    one = Mutant("removed", "x", lambda graph: graph)
    assert Tally((one, one, one), (one,)).share == 0.75
