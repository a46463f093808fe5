"""What --target, --exclude and --replace choose: pure rules."""

import pytest

from infra.local.engine.arguments import Arguments
from infra.local.engine.errors import EngineError
from infra.local.engine.state import PROVIDER_PREFIX, STACK_TYPE, Resource
from infra.local.engine.targets import Choice, Selection, Urns, chosen, protected_with_needs


def urn(name, kind="probe:index:Thing"):
    return f"urn:pulumi:dev::rec::{kind}::{name}"


def resource(name, *needs, **more):
    return Resource(urn(name), "probe:index:Thing", dependencies=[urn(n) for n in needs], **more)


A, B, C, D = resource("a"), resource("b", "a"), resource("c", "b"), resource("d")


def included(choice, resources=(A, B, C, D)):
    selection = Selection(choice)
    return [each.name for each in resources if selection.includes(each)]


def deletable(choice):
    allowed = Selection(choice).may_delete([A, B, C, D])
    return [each.name for each in (A, B, C, D) if each.urn in allowed]


@pytest.mark.parametrize(
    ("pattern", "matches", "misses"),
    [
        ("**Thing::b", urn("b"), urn("bb")),
        ("urn:pulumi:dev::rec::*:index:Thing::b", urn("b"), urn("b", "probe:Thing")),
        ("urn:pulumi:dev::rec::probe:index:Thing::*", urn("b"), urn("b", "a$probe:index:Thing")),
        (urn("b"), urn("b"), urn("c")),
    ],
)
def test_a_star_stands_for_all_but_colons_and_two_for_anything(pattern, matches, misses):
    assert matches in Urns([pattern])
    assert misses not in Urns([pattern])


def test_without_a_choice_everything_belongs():
    assert included(Choice()) == ["a", "b", "c", "d"]
    assert deletable(Choice()) == ["a", "b", "c", "d"]


def test_a_target_stands_alone_and_its_dependents_come_along_where_asked():
    assert included(Choice(targets=Urns([urn("a")]))) == ["a"]
    assert included(Choice(targets=Urns([urn("a")]), target_dependents=True)) == ["a", "b", "c"]


def test_an_exclude_leaves_one_out_and_its_dependents_where_asked():
    assert included(Choice(excludes=Urns([urn("b")]))) == ["a", "c", "d"]
    assert included(Choice(excludes=Urns([urn("b")]), exclude_dependents=True)) == ["a", "d"]


def test_providers_and_the_stack_always_belong():
    provider = Resource(
        f"urn:pulumi:dev::rec::{PROVIDER_PREFIX}probe::p", f"{PROVIDER_PREFIX}probe"
    )
    stack = Resource(urn("rec-dev", STACK_TYPE), STACK_TYPE, custom=False)
    for choice in (Choice(targets=Urns([urn("d")])), Choice(excludes=Urns(["**"]))):
        assert included(choice, (stack, provider)) == [stack.name, provider.name]


def test_deleting_a_target_takes_what_depends_on_it_and_excluding_keeps_what_is_needed():
    assert deletable(Choice(targets=Urns([urn("b")]))) == ["b", "c"]
    assert deletable(Choice(excludes=Urns([urn("b")]))) == ["c", "d"]
    assert deletable(Choice(excludes=Urns([urn("b")]), exclude_dependents=True)) == ["d"]


def test_a_delete_that_no_flag_asked_for_is_refused_by_name_with_the_way_out():
    selection = Selection(Choice(targets=Urns([urn("b")])))
    ((refused, text),) = selection.unasked([urn("b"), urn("c")])
    assert refused == urn("c")
    assert "--target-dependents" in text
    asked = Selection(Choice(targets=Urns([urn("b")]), target_dependents=True))
    assert asked.unasked([urn("b"), urn("c")]) == []


def test_what_needs_a_skipped_resource_is_told_once():
    selection = Selection(Choice(targets=Urns([urn("b")])))
    selection.skip(urn("a"))
    (text,) = selection.missed_needs(B)
    assert urn("a") in text
    assert urn("b") in text
    assert selection.missed_needs(B) == []


def test_what_is_protected_keeps_all_that_it_needs():
    kept = protected_with_needs([A, B, resource("p", "b", protect=True), D])
    assert kept == [urn("a"), urn("b"), urn("p")]
    assert protected_with_needs([A, B]) == []


def test_a_target_that_is_nowhere_is_named_and_a_pattern_may_match_nothing():
    (text,) = Urns([urn("zz"), "**::nothing"]).missing([urn("a")])
    assert urn("zz") in text
    assert "escape $" in text
    (told,) = Urns([urn("z", "a$b")]).missing([])
    assert "escape" not in told


def test_targets_and_excludes_together_are_refused():
    with pytest.raises(EngineError, match="choose one"):
        chosen(Arguments([], {"target": [urn("a")], "exclude": [urn("b")]}))


def test_target_replace_is_target_and_replace():
    choice = chosen(Arguments([], {"target-replace": [urn("a")]}))
    assert urn("a") in choice.targets
    assert urn("a") in choice.replaces
