"""Resources that others manage: read, taken over, let go (`step_generator.go`, `step.go`)."""

from __future__ import annotations

import pytest

from tests.engine.playground import Playground
from tests.engine.test_replacing import HEAD, YES, ops, up

pytestmark = pytest.mark.engine


def test_a_resource_that_is_only_read_from_now_on_is_deleted_where_it_is_another(
    ground: Playground,
) -> None:
    up(ground, "Thing('a', value=1)\nThing('b', value=2)\n")
    ground.works()
    run = up(ground, "Thing('b', value=2)\nThing.get('a', 'b-1')\n")
    assert ops(run, "a") == ["read-replacement a", "replace a", "delete-replaced a"]
    assert ground.works() == ["Read a", "Delete a"]
    entries = {e["urn"].rpartition("::")[2]: e for e in ground.resources()}
    assert (entries["a"]["external"], entries["a"]["id"]) == (True, "b-1")


def test_a_resource_that_is_only_read_from_now_on_is_let_go_where_it_is_the_same(
    ground: Playground,
) -> None:
    up(ground, "Thing('a', value=1)\n")
    ground.works()
    assert ops(up(ground, "Thing.get('a', 'a-1')\n"), "a") == ["read a"]
    assert ground.works() == ["Read a"]
    assert ground.state()["a"]["external"]
    assert ops(up(ground, ""), "a") == ["discard a"]
    assert ground.works() == []


def test_what_was_read_and_is_ours_now_is_made_and_the_other_one_discarded(
    ground: Playground,
) -> None:
    up(ground, "Thing('b', value=2)\nThing.get('a', 'b-1')\n")
    ground.works()
    run = up(ground, "Thing('b', value=2)\nThing('a', value=1)\n")
    assert ops(run, "a") == ["create-replacement a", "replace a", "discard-replaced a"]
    assert ground.works() == ["Create a"]
    assert [e.get("id") for e in ground.resources() if e["urn"].endswith("::a")] == ["a-1"]


def test_a_read_counts_where_it_found_something_else(ground: Playground) -> None:
    program = "Thing('b', value=2)\nThing.get('a', 'b-1')\n"
    up(ground, program)
    assert "read" not in up(ground, program).bodies("summaryEvent")[-1]["resourceChanges"]
    ground.drift("b-1", value=3)
    changes = up(ground, program).bodies("summaryEvent")[-1]["resourceChanges"]
    assert changes["read"] == 1
    ground.drift("b-1", value=4)
    assert ground.run("up", *YES, "--expect-no-changes").code == 0


def test_a_refresh_of_what_is_read_only_compares_outputs(ground: Playground) -> None:
    program = "Thing('b', value=2)\nThing.get('a', 'b-1')\n"
    up(ground, program)
    ground.calls()
    assert ops(ground.run("refresh", *YES), "a") == ["same a"]
    assert [call for call in ground.calls() if call.endswith(" a")] == ["Read a"]
    ground.drift("b-1", value=3)
    assert ops(ground.run("refresh", *YES), "a") == ["update a"]


def test_what_is_read_and_not_whole_is_kept_and_fails(ground: Playground) -> None:
    up(ground, "Thing('b', value=2)\n")
    up(
        ground,
        "Thing('b', value=2)\nThing.get('a', 'b-1')\n",
        code=1,
        read={"a": {"mode": "partial"}},
    )
    entry = ground.state()["a"]
    assert (entry["id"], entry["initErrors"]) == ("b-1", ["a is not ready"])


def test_what_is_imported_and_not_whole_is_updated_next(ground: Playground) -> None:
    up(ground, "Thing('b', value=2)\n")
    program = "Thing('b', value=2)\nThing('a', value=2, opts=Opts(import_='b-1'))\n"
    run = up(ground, program, read={"a": {"mode": "partial"}})
    assert ops(run, "a") == ["import a", "update a"]
    assert "initErrors" not in ground.state()["a"]


def test_an_import_in_place_of_what_was_read_discards_it(ground: Playground) -> None:
    up(ground, "Thing('b', value=2)\nThing.get('a', 'b-1')\n")
    run = up(ground, "Thing('b', value=2)\nThing('a', value=2, opts=Opts(import_='b-1'))\n")
    assert ops(run, "a") == ["import-replacement a", "replace a", "discard-replaced a"]


def test_nothing_is_asked_of_a_provider_whose_configuration_is_not_known_yet(
    ground: Playground,
) -> None:
    up(ground, "p = Provider('p', note='n')\nThing('a', value=1, opts=Opts(provider=p))\n")
    ground.calls()
    ground.program(
        HEAD + "k = Thing('k')\np = Provider('p', note=k.arn)\n"
        "Thing('a', value=1, opts=Opts(provider=p))\n"
    )
    run = ground.run("preview")
    assert run.code == 0
    assert "not known during preview" in run.out + run.err
    assert ops(run, "p", "a") == ["update a"]
    assert not [call for call in ground.calls() if call.endswith(" a")]
