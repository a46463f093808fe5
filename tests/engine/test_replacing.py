"""Replacements as the CLI's step generator has them (`step_generator.go`, `step.go`)."""

from __future__ import annotations

import pytest

from tests.engine.playground import Playground

pytestmark = pytest.mark.engine

HEAD = (
    "import pulumi\nfrom pulumi import ResourceOptions as Opts\n"
    "from probe_sdk import Thing, Other, Provider, Group\n"
)
YES = ("--yes", "--skip-preview")
CHAIN = "a = Thing('a', fixedDbr='{0}')\nb = Thing('b', fixed=a.id)\n"


def up(ground: Playground, program: str, *, code: int = 0, **faults: object):
    ground.program(HEAD + program)
    ground.faults(faults)
    run = ground.run("up", *YES)
    assert run.code == code, run.out + run.err
    return run


def ops(run, *names: str) -> list[str]:
    return [op for op in run.ops() if op.rpartition(" ")[2] in names]


def test_an_interrupted_delete_before_replace_deletes_dependents_again_and_the_root_not(
    ground: Playground,
) -> None:
    up(ground, CHAIN.format(1))
    up(ground, CHAIN.format(2), code=1, create={"a": {"mode": "clean"}})
    assert [e.get("pendingReplacement") for e in ground.resources()] == [True, True]
    ground.works()
    run = up(ground, CHAIN.format(2))
    # A dependent is asked about, and deleted, by its input; what it was is not looked at.
    assert ground.works() == ["Delete b", "Create a", "Create b"]
    assert ops(run, "a") == ["replace a", "create-replacement a"]
    assert not any("pendingReplacement" in e for e in ground.resources())


def test_what_waits_for_its_replacement_and_is_no_longer_wanted_is_forgotten(
    ground: Playground,
) -> None:
    up(ground, CHAIN.format(1))
    up(ground, CHAIN.format(2), code=1, create={"a": {"mode": "clean"}})
    ground.works()
    run = up(ground, "")
    assert sorted(ops(run, "a", "b")) == ["remove-pending-replace a", "remove-pending-replace b"]
    assert ground.works() == []
    assert ground.resources() == []


def test_a_refresh_leaves_what_waits_for_its_replacement_alone(ground: Playground) -> None:
    up(ground, CHAIN.format(1))
    up(ground, CHAIN.format(2), code=1, create={"a": {"mode": "clean"}})
    ground.works()
    run = ground.run("refresh", *YES)
    assert (run.code, ground.works(), ops(run, "a")) == (0, [], ["same a"])


def test_a_protected_dependent_stops_a_delete_before_replace_also_in_a_preview(
    ground: Playground,
) -> None:
    program = (
        "a = Thing('a', fixedDbr='{0}')\nb = Thing('b', fixed=a.id, opts=Opts(protect=True))\n"
    )
    up(ground, program.format(1))
    ground.program(HEAD + program.format(2))
    ground.works()
    for words in (("preview",), ("up", *YES)):
        run = ground.run(*words)
        assert run.code == 1
        assert "as part of replacing" in run.out + run.err
    assert ground.works() == []


def test_dependents_of_a_delete_before_replace_are_judged_by_their_own_options(
    ground: Playground,
) -> None:
    program = (
        "a = Thing('a', fixedDbr='{0}')\n"
        "b = Thing('b', value=a.id, opts=Opts(replace_on_changes=['value']))\n"
        "c = Thing('c', value=a.id)\n"
    )
    up(ground, program.format(1))
    ground.works()
    up(ground, program.format(2))
    assert [call for call in ground.works() if "Delete" in call] == ["Delete b", "Delete a"]


def test_an_option_overrides_what_the_provider_asks_for(ground: Playground) -> None:
    program = "Thing('a', fixedDbr='{0}', opts=Opts(delete_before_replace=False))\n"
    up(ground, program.format(1))
    ground.works()
    run = up(ground, program.format(2))
    assert ops(run, "a") == ["create-replacement a", "replace a", "delete-replaced a"]
    assert ground.works() == ["Create a", "Delete a"]


def test_init_errors_replace_where_replace_on_changes_covers_everything(
    ground: Playground,
) -> None:
    program = "Thing('a', value=1, opts=Opts(replace_on_changes=['*']))\n"
    up(ground, program, code=1, create={"a": {"mode": "partial"}})
    run = up(ground, program)
    assert ops(run, "a") == ["create-replacement a", "replace a", "delete-replaced a"]
    keys = [b["metadata"].get("keys") for b in run.bodies("resOutputsEvent")]
    assert ["#initerror"] in keys


def test_what_is_deleted_with_a_resource_that_goes_first_is_not_deleted_by_itself(
    ground: Playground,
) -> None:
    program = (
        "a = Thing('a', fixedDbr='{0}')\nb = Thing('b', fixed=a.id)\n"
        "c = Thing('c', fixed=b.id, opts=Opts(deleted_with=b))\n"
    )
    up(ground, program.format(1))
    ground.works()
    up(ground, program.format(2))
    assert [call for call in ground.works() if "Delete" in call] == ["Delete b", "Delete a"]


def test_a_component_that_becomes_a_resource_is_replaced(ground: Playground) -> None:
    up(ground, "Group('a', typ='probe:index:Thing')\n")
    run = up(ground, "Thing('a', value=1)\n")
    assert ops(run, "a")[:2] == ["create-replacement a", "replace a"]
    assert [(e["custom"], e.get("id")) for e in ground.resources()] == [(True, "a-1")]
    run = up(ground, "Group('a', typ='probe:index:Thing')\n")
    assert "delete-replaced a" in run.ops()
    assert [e["custom"] for e in ground.resources()] == [False]


def test_resources_move_to_another_provider_where_it_says_that_nothing_changes(
    ground: Playground,
) -> None:
    program = "p = Provider('{0}', zone='{1}')\nThing('a', value=1, opts=Opts(provider=p))\n"
    up(ground, program.format("p", "z1"))
    ground.works()
    assert ops(up(ground, program.format("q", "z1")), "a") == ["same a"]
    assert ground.works() == []
    assert ops(up(ground, program.format("r", "z2")), "a") == [
        "create-replacement a",
        "replace a",
        "delete-replaced a",
    ]


def test_options_of_a_component_hold_for_its_children(ground: Playground) -> None:
    program = (
        "k = Thing('k')\n"
        "g = Group('g', opts=Opts(retain_on_delete=True, deleted_with=k))\n"
        "Thing('a', value=1, opts=Opts(parent=g))\n"
    )
    up(ground, program)
    entry = ground.state()["a"]
    assert entry["retainOnDelete"]
    assert entry["deletedWith"].endswith("::k")
    ground.works()
    up(ground, "")
    assert ground.works() == ["Delete k"]


def test_outputs_of_the_stack_stay_where_a_delete_fails(ground: Playground) -> None:
    up(ground, "Thing('a')\npulumi.export('x', 1)\npulumi.export('y', 1)\n")
    up(ground, "pulumi.export('x', 2)\n", code=1, delete={"a": {"mode": "clean"}})
    assert ground.run("stack", "output", "--json").out.split() == [
        "{",
        '"x":',
        "2,",
        '"y":',
        "1",
        "}",
    ]


def test_what_a_failed_update_needed_stays_with_continue_on_error(ground: Playground) -> None:
    up(ground, "a = Thing('a')\nThing('b', value=a.id)\n")
    ground.program(HEAD + "Thing('b', value='x')\n")
    ground.faults({"update": {"b": {"mode": "clean"}}})
    assert ground.run("up", *YES, "--continue-on-error").code == 1
    assert sorted(ground.state()) == ["a", "b", "default_1_0_0", "rec-dev"]


def test_what_turns_secret_is_secret_in_the_outputs_without_an_update(ground: Playground) -> None:
    up(ground, "Thing('a', value='v')\n")
    assert ops(up(ground, "Thing('a', value=pulumi.Output.secret('v'))\n"), "a") == ["same a"]
    assert "ciphertext" in ground.state()["a"]["outputs"]["value"]
    up(ground, "Thing('a', value='v')\n")
    assert ground.state()["a"]["inputs"]["value"] == "v"
    option = "Thing('b', value='v'{0})\n"
    up(ground, option.format(""))
    run = up(ground, option.format(", opts=Opts(additional_secret_outputs=['arn'])"))
    assert ops(run, "b") == ["same b"]
    assert "ciphertext" in ground.state()["b"]["outputs"]["arn"]
