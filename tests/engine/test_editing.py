"""state delete, protect, unprotect: what is chosen, and what is refused."""

from __future__ import annotations

import pytest

from infra.local.engine.editing import only_needing
from infra.local.engine.integrity import integrity_problems
from infra.local.engine.state import Resource
from tests.engine.playground import Playground
from tests.engine.test_replacing import up

THREE = "a = Thing('a', opts=Opts(protect=True))\nb = Thing('b', value=a.id)\nc = Thing('c')\n"


def urn(name: str) -> str:
    return f"urn:pulumi:dev::rec::probe:index:Thing::{name}"


def resource(name: str, *needs: str, **more: object) -> Resource:
    made = Resource(urn(name), "probe:index:Thing", **more)  # type: ignore[arg-type]
    made.dependencies = [urn(need) for need in needs]
    return made


def test_only_what_no_other_one_of_the_same_urn_would_do_for_is_needing() -> None:
    a, b, c = resource("a", id="1"), resource("b", "a", id="1"), resource("c", "b", id="1")
    old = resource("a", id="0", delete=True)
    assert only_needing([a, b, c, old], a) == [b, c]
    assert only_needing([a, b, c, old], old) == []
    assert only_needing([old, a, b], a) == []


@pytest.mark.parametrize(
    ("resources", "text"),
    [
        ([resource("b", "a")], "dependency {a} refers to missing resource"),
        ([resource("b", "a"), resource("a")], "dependency {a} comes after it"),
        ([resource("b", parent=urn("a"))], "refers to missing parent {a}"),
        ([resource("b", deletedWith=urn("a"))], "deleted with {a}, which is missing"),
        ([resource("b", propertyDependencies={"v": [urn("a")]})], "(from property v)"),
        ([resource("b", provider="urn:x::p::t::n::1")], "unknown provider urn:x::p::t::n::1"),
        ([resource("a"), resource("a")], "duplicate resource {a} (not marked for deletion)"),
        ([Resource(urn("a"), "t", custom=False, id="1")], "custom false but non-empty ID"),
    ],
)
def test_a_state_that_is_not_whole_is_told_by_resource_and_reason(
    resources: list[Resource], text: str
) -> None:
    problems = integrity_problems(resources)
    assert len(problems) == 1
    assert text.format(a=urn("a")) in problems[0]


def test_a_state_that_is_whole_is_not_complained_of() -> None:
    assert integrity_problems([resource("a"), resource("b", "a"), resource("a", delete=True)]) == []


@pytest.mark.engine
def test_what_is_needed_or_protected_is_deleted_only_where_that_is_asked_for(
    ground: Playground,
) -> None:
    up(ground, THREE)
    run = ground.run("state", "delete", urn("a"), "--yes", "--force")
    assert (run.code, ' * "b"' in run.err) == (1, True)
    run = ground.run("state", "delete", urn("a"), "--yes", "--target-dependents")
    assert (run.code, "protected" in run.err) == (1, True)
    assert len(ground.resources()) == 3
    flags = ("--yes", "--force", "--target-dependents")
    assert ground.run("state", "delete", urn("a"), *flags).out == "Resource deleted\n"
    assert [e["urn"] for e in ground.resources()] == [urn("c")]
    assert ground.run("state", "delete", urn("x"), "--yes").code == 1
    assert ground.run("state", "rm", "--all", "--yes").out == "Resources deleted\n"
    assert ground.state() == {}


@pytest.mark.engine
def test_a_record_on_its_way_out_is_neither_protected_nor_picked_by_its_urn(
    ground: Playground,
) -> None:
    up(ground, "Thing('a', fixed='1')\n")
    up(ground, "Thing('a', fixed='2')\n", code=1, delete={"a": {"mode": "clean"}})
    assert ground.run("state", "protect", "--all", "--yes").out == "All resources protected\n"
    assert [e.get("protect", False) for e in ground.resources()] == [True, False]
    assert ground.run("state", "unprotect", urn("a"), "--yes").out == "1 resources unprotected\n"
    assert "ambiguously" in ground.run("state", "delete", urn("a"), "--yes").err
