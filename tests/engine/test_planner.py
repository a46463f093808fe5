"""Steps follow from old state, registration and the provider's answer alone."""

from __future__ import annotations

import pytest

from infra.local.engine import dependents, planner
from infra.local.engine.planner import Diff
from infra.local.engine.state import Resource
from infra.local.engine.values import UNKNOWN, Properties


def resource(name: str, *needs: str, **fields: object) -> Resource:
    found = Resource(f"urn:pulumi:dev::p::t:i:T::{name}", "t:i:T", **fields)  # type: ignore[arg-type]
    found.dependencies = [f"urn:pulumi:dev::p::t:i:T::{need}" for need in needs]
    return found


def ops(steps: list[planner.Step]) -> list[tuple[str, str]]:
    return [(step.op, step.resource.name) for step in steps]


@pytest.mark.parametrize(
    ("parent", "urn"),
    [
        ("", "urn:pulumi:dev::p::a:b:C::n"),
        ("urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", "urn:pulumi:dev::p::a:b:C::n"),
        ("urn:pulumi:dev::p::x:y:Z::g", "urn:pulumi:dev::p::x:y:Z$a:b:C::n"),
        ("urn:pulumi:dev::p::o:o:O$x:y:Z::g", "urn:pulumi:dev::p::o:o:O$x:y:Z$a:b:C::n"),
    ],
)
def test_a_urn_carries_the_types_of_the_parents_but_not_the_stack(parent: str, urn: str) -> None:
    assert planner.make_urn("dev", "p", parent, "a:b:C", "n") == urn


def test_a_replacement_creates_first_and_leaves_the_delete_for_the_end() -> None:
    old, new = resource("a"), resource("a")
    steps = planner.replace_steps(old, new, Diff(True, ["x"], ["x"]), delete_first=False)
    assert [step.op for step in steps] == ["create-replacement", "replace"]
    assert [step.logical for step in steps] == [False, True]


def test_a_replacement_that_deletes_first_keeps_the_old_entry_until_the_new_one_exists() -> None:
    old, new = resource("a"), resource("a")
    steps = planner.replace_steps(old, new, Diff(True, ["x"], ["x"]), delete_first=True)
    assert [step.op for step in steps] == ["delete-replaced", "replace", "create-replacement"]
    assert steps[0].pending_replace


def test_deletes_come_in_the_reverse_of_the_state_and_spare_what_is_kept() -> None:
    a, b, c = resource("a"), resource("b", "a"), resource("c", "b")
    steps = planner.delete_steps([a, b, c], lambda r: r is a)
    assert ops(steps) == [("delete", "c"), ("delete", "b")]


@pytest.mark.parametrize(
    ("fields", "op"),
    [
        ({"delete": True}, "delete-replaced"),
        ({"pendingReplacement": True}, "remove-pending-replace"),
        ({"external": True}, "discard"),
        ({"external": True, "delete": True}, "discard-replaced"),
        ({}, "delete"),
    ],
)
def test_what_a_delete_is_called_depends_on_what_the_entry_says(
    fields: dict[str, object], op: str
) -> None:
    assert planner.delete_step(resource("a", **fields)).op == op


def test_deletes_go_in_groups_counted_from_what_needs_nothing_that_goes() -> None:
    a, b, c, alone = resource("a"), resource("b", "a"), resource("c", "b"), resource("alone")
    groups = planner.waves(planner.delete_steps([a, b, c, alone], lambda _: False))
    assert [sorted(s.resource.name for s in group) for group in groups] == [
        ["c"],
        ["b"],
        ["a", "alone"],
    ]


def test_delete_first_takes_dependents_along_that_would_be_replaced_and_asks_about_unknowns() -> (
    None
):
    root = resource("root")
    by_value = resource("by-value", inputs={"v": "old", "w": 1})
    by_value.propertyDependencies = {"v": [root.urn], "w": []}
    far = resource("far", inputs={"v": "x"})
    far.propertyDependencies = {"v": [by_value.urn]}
    only_after = resource("only-after", "root")
    asked: dict[str, Properties] = {}

    def ask(old: Resource, inputs: Properties) -> Diff:
        asked[old.name] = inputs
        return Diff(True, ["v"] if old is by_value else [], ["v"])

    found = dependents.dependents_to_replace([root, by_value, far, only_after], root, ask)
    assert [(r.name, keys) for r, keys in found] == [("by-value", ["v"])]
    assert asked == {"by-value": {"v": UNKNOWN, "w": 1}, "far": {"v": UNKNOWN}}


def test_resources_of_a_provider_that_goes_go_with_it() -> None:
    provider = Resource("urn:pulumi:dev::p::pulumi:providers:t::x", "pulumi:providers:t", id="1")
    user = resource("user", provider=provider.reference)
    found = dependents.dependents_to_replace([provider, user], provider, lambda *_: Diff(False))
    assert [r.name for r, _ in found] == ["user"]


def test_replace_on_changes_turns_a_change_at_the_path_into_a_replacement() -> None:
    diff = Diff(True, [], ["tags"], {"tags.a": {"diffKind": "update", "inputDiff": True}})
    turned = planner.with_replace_on_changes(diff, ["tags.a"], False)
    assert (turned.replace, turned.replaces) == (True, [])
    assert turned.detailed == {"tags.a": {"diffKind": "update-replace", "inputDiff": True}}
    assert not planner.with_replace_on_changes(diff, ["tags.b"], False).replace
    without_detail = Diff(True, [], ["tags"])
    assert not planner.with_replace_on_changes(without_detail, ["tags.a"], False).replace
    assert planner.with_replace_on_changes(without_detail, ["tags"], False).replaces == ["tags"]


def test_replace_on_changes_covers_init_errors_where_it_covers_everything() -> None:
    same = Diff(False, detailed={})
    assert planner.with_replace_on_changes(same, ["*"], True).replaces == ["#initerror"]
    assert not planner.with_replace_on_changes(same, ["value"], True).replace
    assert not planner.with_replace_on_changes(same, ["*"], False).changes


def test_without_a_provider_inputs_are_compared_secret_or_not() -> None:
    same = planner.structural_diff({"a": 1}, {"a": 1})
    changed = planner.structural_diff({"a": 1, "gone": None}, {"a": 2})
    assert (same.changes, changed.diffs) == (False, ["a", "gone"])
