"""The controls over the graphs of the stacks that exist, and of the presets without a file."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, read_exceptions
from infra.policy.judging import Verdict, judge
from tests.support.policy_graphs import as_preview, graph_of_recording, profile
from tests.support.recording import run_program
from tests.support.stacks import CELLS, stack_configuration, with_pipeline

IDS = [control.id for control in CONTROLS]


@cache
def recorded(environment: str, compute: str, dry_run: bool, region: str = "ap-southeast-1"):
    config: dict[str, Any] = {**stack_configuration(environment, compute), "aws:region": region}
    return graph_of_recording(run_program(environment, config, dry_run=dry_run))


STACKS = [*CELLS, ("cheap", "host"), ("prod", "external"), ("dev", "external")]


@pytest.mark.parametrize(("environment", "compute"), STACKS)
@pytest.mark.parametrize("dry_run", [True, False], ids=["preview", "known"])
def test_a_stack_keeps_its_controls_but_for_written_exceptions(environment, compute, dry_run):
    exceptions = read_exceptions(FILE, IDS)
    found = profile(environment, compute)
    report = judge(recorded(environment, compute, dry_run), found, exceptions)
    assert report.violations == []
    assert list(report.problems) == []
    assert len(report.of(Verdict.PASSED)) >= (20 if environment == "local" else 35)


@pytest.mark.parametrize("compute", ["host", "cluster"])
def test_the_other_region_keeps_them_too(compute):
    graph = recorded("prod", compute, False, "ap-southeast-7")
    found = profile(compute=compute, region="ap-southeast-7")
    report = judge(graph, found, read_exceptions(FILE, IDS))
    assert report.is_clean, (report.violations, report.problems)


@pytest.mark.parametrize("compute", ["host", "cluster"])
@pytest.mark.parametrize("dry_run", [True, False], ids=["preview", "known"])
def test_a_stack_with_a_pipeline_keeps_them_too(compute, dry_run):
    config = with_pipeline(stack_configuration("prod", compute))
    graph = graph_of_recording(run_program("prod", config, dry_run=dry_run))
    report = judge(graph, profile(compute=compute), read_exceptions(FILE, IDS))
    assert report.is_clean, (report.violations, report.problems)


def test_what_production_is_excused_is_this_and_nothing_more():
    report = judge(recorded("prod", "host", False), profile(), read_exceptions(FILE, IDS))
    excused = {
        (violation.control, violation.urn.rpartition("::")[2])
        for outcome in report.outcomes
        for violation, _ in outcome.excepted
    }
    assert excused == {
        ("A10", "host"),
        ("A44", "redis-queue"),
        ("A55", "secret-app"),
        ("A55", "secret-mail"),
    }


def test_a_stack_is_judged_the_same_before_and_after_it_is_known():
    graph = recorded("prod", "host", False)
    before, after = (judge(each, profile()) for each in (as_preview(graph), graph))
    assert [v.control for v in before.violations] == [v.control for v in after.violations]
