"""Every control seen green and red: the red example differs from the green in one thing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from infra.policy import types as t
from infra.policy.controls import BEYOND, CONTROLS, TABLE_A
from infra.policy.graph import Graph
from infra.policy.judging import Verdict, judge, violations_of
from infra.policy.model import UNKNOWN, Control
from tests.infra.policy import examples_compute, examples_network
from tests.infra.policy.editing import drop, only, short
from tests.infra.policy.examples import EXAMPLES
from tests.infra.policy.examples_access import UNSEEN_IN_PREVIEW
from tests.infra.policy.whole_data import whole_graph
from tests.support.policy_graphs import as_preview, profile

BY_ID = {control.id: control for control in CONTROLS}
RED = [(id_, name) for id_, each in EXAMPLES.items() for name in each.red]


@cache
def whole() -> Graph:
    return whole_graph()


def says(control: Control, graph: Graph, environment: str = "prod"):
    return violations_of(control, graph, profile(environment, "cluster"))


def test_the_table_has_sixty_controls_each_with_examples():
    assert [control.id for control in TABLE_A] == [f"A{number:02}" for number in range(1, 61)]
    assert sorted(EXAMPLES) == [control.id for control in CONTROLS]
    assert all(each.red for each in EXAMPLES.values())
    assert len({control.check.__name__ for control in CONTROLS}) == len(CONTROLS)


def test_what_the_table_has_no_row_for_is_apart():
    ids = [f"B{number:02}" for number in range(1, len(BEYOND) + 1)]
    assert [control.id for control in BEYOND] == ids
    assert (*TABLE_A, *BEYOND) == CONTROLS
    assert all(control.basis for control in BEYOND)


@pytest.mark.parametrize("id_", sorted(EXAMPLES))
def test_the_passing_example_passes_and_is_looked_at(id_):
    graph = only(whole(), EXAMPLES[id_].keep)
    report = judge(graph, profile("prod", "cluster"), controls=[BY_ID[id_]])
    assert [o.verdict for o in report.outcomes] == [Verdict.PASSED], report.violations


@pytest.mark.parametrize("id_", sorted(EXAMPLES))
def test_one_change_makes_it_fail_with_a_message_that_helps(id_):
    for name, red in EXAMPLES[id_].red.items():
        found = says(BY_ID[id_], red.edit(only(whole(), EXAMPLES[id_].keep)), red.environment)
        assert found, f"{id_} lets {name} pass"
        for violation in found:
            rule, _, way_out = violation.message.rpartition("; ")
            assert "must" in rule, "a way out in two halves would be torn apart by what prints it"
            assert way_out
            assert len(violation.message) < 400


@pytest.mark.parametrize("id_", sorted(EXAMPLES))
def test_the_same_changes_in_the_complete_stack_are_seen(id_):
    for name, red in EXAMPLES[id_].red.items():
        assert says(BY_ID[id_], red.edit(whole()), red.environment), name


@pytest.mark.parametrize("id_", sorted(EXAMPLES))
def test_the_same_changes_are_seen_in_a_preview(id_):
    unseen = {
        (id_, name)
        for name, red in EXAMPLES[id_].red.items()
        if not says(BY_ID[id_], as_preview(red.edit(whole())), red.environment)
    }
    assert unseen == {each for each in UNSEEN_IN_PREVIEW if each[0] == id_}


@pytest.mark.parametrize("id_", [id_ for id_ in sorted(EXAMPLES) if EXAMPLES[id_].green])
def test_what_is_allowed_passes(id_):
    for name, green in EXAMPLES[id_].green.items():
        graph = green.edit(only(whole(), EXAMPLES[id_].keep))
        assert says(BY_ID[id_], graph, green.environment) == [], name


@pytest.mark.parametrize("known", [True, False], ids=["known", "preview"])
def test_the_complete_stack_is_clean(known):
    graph = whole() if known else as_preview(whole())
    report = judge(graph, profile("prod", "cluster"))
    assert report.violations == []
    assert len(report.of(Verdict.PASSED)) == len(CONTROLS)


def test_an_empty_stack_has_nothing_to_fail():
    report = judge(Graph(()), profile())
    assert {outcome.verdict for outcome in report.outcomes} == {Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize("id_", [control.id for control in CONTROLS if control.alone])
def test_a_control_that_judges_alone_says_the_same_of_each_resource_by_itself(id_):
    control = BY_ID[id_]
    for red in EXAMPLES[id_].red.values():
        graph = red.edit(whole())
        one_by_one = [
            violation
            for each in graph.resources
            if each.type in control.subjects
            for violation in says(control, Graph([each]), red.environment)
        ]
        assert sorted(map(str, one_by_one)) == sorted(
            map(str, says(control, graph, red.environment))
        )


def test_a_version_ends_with_its_day():
    control = BY_ID["A05"]
    last = replace(profile(), today=examples_compute.LAST_DAY)
    after = replace(profile(), today=examples_compute.DAY_AFTER)
    assert violations_of(control, whole(), last) == []
    assert "1.35" in violations_of(control, whole(), after)[0].message


def test_a_cluster_without_any_gateway_is_seen():
    graph = examples_network.NO_GATEWAYS(whole())
    assert len(says(BY_ID["A23"], graph)) == 3
    assert says(BY_ID["A23"], drop("Cluster::main")(graph)) == []


def test_a_range_that_will_be_the_vpcs_own_is_no_world():
    rule = next(r for r in whole().of(t.INGRESS_RULE) if r.name == "edge-in-80")
    unknown = {**rule.properties, "cidrIpv4": UNKNOWN, "fromPort": 1, "toPort": 1}
    vpc, gateway = whole().of(t.VPC)[0], whole().of(t.NAT_GATEWAY)[0]
    for behind, is_seen in (((vpc.urn,), False), ((vpc.urn, gateway.urn), True), ((), True)):
        changed = replace(rule, properties=unknown, dependencies={"cidrIpv4": behind})
        graph = Graph(changed if each is rule else each for each in whole().resources)
        assert bool(says(BY_ID["A19"], graph)) is is_seen


def test_production_without_any_backup_is_seen_and_elsewhere_is_not():
    kinds = (t.VAULT, t.BACKUP_PLAN, t.BACKUP_SELECTION, t.RESTORE_TEST)
    graph = drop(*(short(each) for each in whole().of(*kinds)))(whole())
    assert "AWS Backup" in says(BY_ID["A59"], graph)[0].message
    assert says(BY_ID["A59"], graph, "dev") == []


def test_no_message_shows_a_secret():
    for id_, name in RED:
        red = EXAMPLES[id_].red[name]
        for violation in says(BY_ID[id_], red.edit(whole()), red.environment):
            assert "hunter2" not in violation.message
            assert "AKIA" not in violation.message
            assert ":pw@" not in violation.message
