"""Aliases: what continues what, and what the state says meanwhile."""

from __future__ import annotations

import pytest

from tests.engine.playground import Playground
from tests.engine.test_replacing import HEAD, YES, ops, up

pytestmark = pytest.mark.engine

ALIAS = "Opts(aliases=[pulumi.Alias(name='{0}')])"


@pytest.mark.parametrize(
    ("program", "text"),
    [
        ("Thing('b', value=1, opts={0})\nThing('c', value=1, opts={0})\n", "resource alias"),
        ("Thing('b', value=1, opts={0})\nThing('a', value=1)\n", "resource URN"),
        ("Thing('a', value=1)\nThing('b', value=1, opts={0})\n", "resource alias"),
    ],
)
def test_two_that_claim_one_old_resource_are_refused(
    ground: Playground, program: str, text: str
) -> None:
    up(ground, "Thing('a', value=1)\n")
    # One after the other: a program's registrations come in any order.
    first, second = program.format(ALIAS.format("a")).splitlines()
    run = up(ground, f"x = {first}\nx.urn.apply(lambda _: {second})\n", code=1)
    assert f"Duplicate {text}" in run.out + run.err


def test_a_run_that_stops_after_a_rename_leaves_a_state_that_names_the_new_one(
    ground: Playground,
) -> None:
    up(ground, "a = Thing('a', value=1)\nThing('b', value=a.id)\n")
    program = f"z = Thing('z', value=1, opts={ALIAS.format('a')})\n"
    up(ground, program + "raise RuntimeError('no further')\n", code=1)
    entry = ground.state()["b"]
    assert [urn.rpartition("::")[2] for urn in entry["dependencies"]] == ["z"]
    assert entry["propertyDependencies"]["value"] == entry["dependencies"]
    run = up(ground, program + "Thing('b', value=z.id)\n")
    assert ops(run, "z", "b") == ["same z", "same b"]


def test_children_of_a_component_of_another_type_follow_it(ground: Playground) -> None:
    child = "Thing('a', value=1, opts=Opts(parent=g))\n"
    up(ground, "g = Group('g', typ='x:y:Old')\n" + child)
    ground.works()
    group = "g = Group('g', Opts(aliases=[pulumi.Alias(type_='x:y:Old')]), typ='x:y:New')\n"
    up(ground, group + "raise RuntimeError('no further')\n", code=1)
    assert "x:y:New$" in ground.state()["a"]["urn"]
    assert ops(up(ground, group + child), "a") == ["same a"]
    assert ground.works() == []


def test_outputs_of_a_renamed_component_are_its_own(ground: Playground) -> None:
    program = "g = Group('{0}'{1})\ng.register_outputs({{'x': 1}})\n"
    up(ground, program.format("g", ""))
    run = up(ground, program.format("h", f", {ALIAS.format('g')}"))
    assert ops(run, "h") == ["same h"]
    assert ground.state()["h"]["outputs"] == {"x": 1}


def test_a_provider_of_another_name_serves_what_the_old_one_made(ground: Playground) -> None:
    program = "p = Provider('{0}', zone='z1'{1})\nThing('a', value=1, opts=Opts(provider=p))\n"
    up(ground, program.format("p", ""))
    ground.calls()
    run = up(ground, program.format("q", f", opts={ALIAS.format('p')}"))
    assert ops(run, "a") == ["same a"]
    assert [call for call in ground.calls() if call.startswith("DiffConfig")] == ["DiffConfig q"]
    assert "::q::" in ground.state()["a"]["provider"]


def test_a_component_that_is_left_out_stays_out_of_the_state(ground: Playground) -> None:
    up(ground, "Thing('a', value=1)\n")
    ground.program(
        HEAD + "Thing('a', value=2)\ng = Group('g')\nThing('c', opts=Opts(parent=g))\n"
        "g.register_outputs({'x': 1})\n"
    )
    assert ground.run("up", *YES, "--target", "**::a").code == 0
    assert {e["urn"].rpartition("::")[2] for e in ground.resources()} == {"a"}
