"""The policy pack under the local engine: the program that we have, and one that is bad."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, read_exceptions
from infra.policy.judging import Verdict, judge
from infra.policy.state import graph_of_state, profile_of_state
from tests.support.policy_graphs import TODAY
from tests.support.stacks import ROOT, Engine, stack_configuration, start

pytestmark = pytest.mark.engine

PACK = ("--policy-pack", str(ROOT / "infra" / "policy" / "pack"))


def violations(log: Path) -> set[str]:
    """Control ids of the mandatory violations in an event log."""
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    told = [event["policyEvent"] for event in events if "policyEvent" in event]
    return {e["policyName"].partition("-")[0] for e in told if e["enforcementLevel"] == "mandatory"}


def preview(engine: Engine, code: int) -> set[str]:
    log = engine.folder / "events.jsonl"
    engine.run("preview", *PACK, "--event-log", str(log), code=code)
    return violations(log)


def test_a_preview_of_production_passes_the_pack(tmp_path):
    assert preview(start(tmp_path, "prod", stack_configuration("prod")), code=0) == set()


def test_a_preview_of_a_bad_configuration_is_stopped_and_says_by_what(tmp_path):
    config = stack_configuration("prod")
    config["gacp:network"] = {"zones": ["a", "b"]}
    assert preview(start(tmp_path, "prod", config), code=1) == {"A23"}


def test_an_update_makes_nothing_of_what_a_control_refuses_alone(tmp_path):
    config = stack_configuration("prod")
    config["gacp:redis"] = {"queue": {"replicas": 0}}
    engine = start(tmp_path, "prod", config)
    log = tmp_path / "events.jsonl"
    said = engine.run("up", "--yes", "--skip-preview", *PACK, "--event-log", str(log), code=1)
    assert violations(log) == {"A40"}
    assert "redis-queue.automaticFailoverEnabled is False: must be true in prod" in said
    state = json.loads(engine.run("stack", "export"))
    names = [each["urn"].rpartition("$")[2] for each in state["deployment"]["resources"]]
    assert "aws:elasticache/replicationGroup:ReplicationGroup::redis-queue" not in names


def test_an_update_of_production_passes_and_drift_is_seen_in_its_state(tmp_path):
    engine = start(tmp_path, "prod", stack_configuration("prod"))
    engine.run("up", "--yes", "--skip-preview", *PACK)
    document = json.loads(engine.run("stack", "export"))
    exceptions = read_exceptions(FILE, [control.id for control in CONTROLS])
    report = judge(graph_of_state(document), profile_of_state(document, TODAY), exceptions)
    assert report.is_clean, (report.violations, report.problems)
    assert len(report.of(Verdict.PASSED)) >= 40

    # Somebody opens a subnet in the console; a refresh writes it down.
    subnet = next(
        each["id"] for each in document["deployment"]["resources"] if "vpc-public-a" in each["urn"]
    )
    words = ["drift", subnet, "mapPublicIpOnLaunch=true"]
    drift = [sys.executable, "-m", "infra.local.aws", *words]
    subprocess.run(drift, env=engine.environment, cwd=ROOT, check=True, timeout=60)
    engine.run("refresh", "--yes")
    document = json.loads(engine.run("stack", "export"))
    report = judge(graph_of_state(document), profile_of_state(document, TODAY), exceptions)
    assert [violation.control for violation in report.violations] == ["A18"]
