"""Refresh as the CLI does it (`deployment_executor.go`, refresh; `step.go`, RefreshStep)."""

from __future__ import annotations

import pytest

from tests.engine.playground import Playground
from tests.engine.test_replacing import HEAD, YES, ops, up

pytestmark = pytest.mark.engine

THREE = "a = Thing('a', value=1)\nThing('b', value=a.id)\nThing('c', value=3)\n"


def test_a_read_that_fails_leaves_that_one_and_reads_the_others(ground: Playground) -> None:
    up(ground, THREE)
    ground.drift("a-1", value=7)
    ground.drift("c-1")
    ground.faults({"read": {"b": {"mode": "clean"}}})
    run = ground.run("refresh", *YES)
    assert run.code == 1
    assert sorted(ops(run, "a", "c")) == ["delete c", "update a"]
    assert ground.state()["a"]["inputs"]["value"] == 7
    assert {e["urn"].rpartition("::")[2] for e in ground.resources()} == {"a", "b"}
    failed = run.bodies("resOpFailedEvent")
    assert [body["metadata"]["op"] for body in failed] == ["refresh"]


def test_an_update_whose_refresh_fails_does_not_start(ground: Playground) -> None:
    up(ground, THREE)
    ground.works()
    ground.program(HEAD + THREE.replace("3", "4"))
    ground.faults({"read": {"b": {"mode": "clean"}}})
    assert ground.run("up", *YES, "--refresh").code == 1
    assert {call.split()[0] for call in ground.works()} == {"Read"}


def test_what_is_not_whole_any_more_is_told_and_kept(ground: Playground) -> None:
    up(ground, "Thing('a', value=1)\n")
    ground.faults({"read": {"a": {"mode": "partial"}}})
    run = ground.run("refresh", *YES)
    assert run.code == 0
    warnings = [b["message"] for b in run.bodies("diagnosticEvent") if b["severity"] == "warning"]
    assert warnings == ["Refreshed resource is in an unhealthy state:\n* a is not ready\n"]
    assert ground.state()["a"]["initErrors"] == ["a is not ready"]
    ground.faults({})
    assert ground.run("refresh", *YES).code == 0
    assert "initErrors" not in ground.state()["a"]


def test_the_old_half_of_a_replacement_is_read_too_and_forgotten_where_it_is_gone(
    ground: Playground,
) -> None:
    up(ground, "Thing('a', fixed='1')\n")
    up(ground, "Thing('a', fixed='2')\n", code=1, delete={"a": {"mode": "clean"}})
    assert [e.get("delete", False) for e in ground.resources()] == [False, True]
    ground.works()
    ground.drift("a-1")
    run = ground.run("refresh", *YES)
    assert sorted(ground.works()) == ["Read a", "Read a"]
    assert sorted(ops(run, "a")) == ["delete a", "same a"]
    assert [e["id"] for e in ground.resources()] == ["a-2"]


def test_dependents_of_a_target_and_of_an_exclude_follow_where_asked(ground: Playground) -> None:
    up(ground, THREE)
    a = ground.state()["a"]["urn"]
    ground.works()
    assert ground.run("refresh", *YES, "--target", a).code == 0
    assert ground.works() == ["Read a"]
    assert ground.run("refresh", *YES, "--target", a, "--target-dependents").code == 0
    assert sorted(ground.works()) == ["Read a", "Read b"]
    assert ground.run("refresh", *YES, "--exclude", a, "--exclude-dependents").code == 0
    assert ground.works() == ["Read c"]
    assert ground.run("refresh", *YES, "--exclude", a + "x").code == 1


def test_what_is_gone_is_no_longer_named_by_its_dependents(ground: Playground) -> None:
    up(ground, THREE)
    ground.drift("a-1")
    assert ground.run("refresh", *YES).code == 0
    entry = ground.state()["b"]
    assert "dependencies" not in entry
    assert "propertyDependencies" not in entry


def test_no_word_of_pending_operations_where_a_refresh_comes_first(ground: Playground) -> None:
    up(ground, "Thing('a', value=1)\n")
    backend = next(ground.top.glob("backend/.pulumi/stacks/rec/dev.json"))
    text = backend.read_text()
    import json

    document = json.loads(text)
    latest = document["checkpoint"]["latest"]
    latest["pending_operations"] = [{"resource": latest["resources"][-1], "type": "updating"}]
    backend.write_text(json.dumps(document))
    assert "pending operations" not in ground.run("up", *YES, "--refresh").out
