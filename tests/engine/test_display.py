"""What a person reads."""

from __future__ import annotations

import pytest

from infra.local.engine.display import Display
from infra.local.engine.events import Events
from infra.local.engine.planner import Step
from infra.local.engine.render import outputs_block
from infra.local.engine.state import Resource
from infra.local.engine.values import UNKNOWN, mask, secret

ROOT = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"


class Screen:
    """A display with its events; `text` is what was written."""

    def __init__(self, kind: str = "update", *, planning: bool = True, **options: bool) -> None:
        self.parts: list[str] = []
        self.events = Events()
        self.planning = planning
        self.events.listen(
            Display(self.parts.append, kind, "dev", ROOT, planning=planning, **options)
        )

    def step(self, op: str, name: str, **fields: object) -> None:
        new = Resource(f"urn:pulumi:dev::p::t:i:T::{name}", "t:i:T")
        step = Step(op, new.urn, new if op != "create" else None, new, **fields)  # type: ignore[arg-type]
        self.events.step_started(step, self.planning)
        self.events.step_ended(step, self.planning)

    def end(self, **changes: int) -> str:
        body = {"resourceChanges": changes, "durationSeconds": 3, "result": "succeeded"}
        self.events.emit("summaryEvent", body)
        return "".join(self.parts)


def test_a_preview_lists_changes_with_their_properties_and_counts_them() -> None:
    screen = Screen()
    screen.step("create", "a")
    screen.step("update", "b", diffs=["tags", "value"])
    screen.step("same", "c")
    text = screen.end(create=1, update=1, same=1)
    assert " +  t:i:T a\n" in text
    assert " ~  t:i:T b [diff: ~tags,value]\n" in text
    assert "t:i:T c" not in text
    assert "    + 1 to create\n    ~ 1 to update\n    2 changes. 1 unchanged\n" in text


def test_the_cause_of_a_replacement_stands_beside_it() -> None:
    screen = Screen()
    screen.step("replace", "a", keys=["zone"], diffs=["zone"])
    assert "+- t:i:T a [diff: ~zone] [replaces because of: zone]" in screen.end(replace=1)


def test_errors_are_gathered_by_resource_and_resources_with_errors_counted_once() -> None:
    screen = Screen(planning=False)
    screen.events.diagnostic("error", "first\n", "urn:pulumi:dev::p::t:i:T::a")
    screen.events.diagnostic("error", "second\n", "urn:pulumi:dev::p::t:i:T::a")
    screen.events.diagnostic("warning", "careful\n")
    screen.events.diagnostic("debug", "noise\n")
    text = screen.end()
    assert "  t:i:T (a):\n    error: first\n    error: second\n" in text
    assert "    warning: careful\n" in text
    assert "noise" not in text
    assert "    1 errored\n" in text


def test_default_providers_are_the_engines_own_business() -> None:
    screen = Screen()
    urn = "urn:pulumi:dev::p::pulumi:providers:aws::default_7_51_1"
    step = Step("create", urn, None, Resource(urn, "pulumi:providers:aws"))
    screen.events.step_started(step, True)
    screen.events.step_ended(step, True)
    assert "providers" not in screen.end()


@pytest.mark.parametrize(
    ("old", "new", "planning", "expected"),
    [
        (None, {"a": 1}, True, "    a: 1\n"),
        ({"a": 1}, {"a": 1}, True, ""),
        ({"a": 1}, {"a": 1}, False, "    a: 1\n"),
        ({}, {"a": 1}, True, "  + a: 1\n"),
        ({"a": 1}, {}, True, "  - a: 1\n"),
        ({"a": 1}, {"a": UNKNOWN}, True, "  ~ a: 1 => [unknown]\n"),
        (None, {"s": mask(secret("hush"))}, True, "    s: [secret]\n"),
    ],
)
def test_outputs_show_what_is_new_or_changed_and_no_secret(
    old: dict[str, object] | None, new: dict[str, object], planning: bool, expected: str
) -> None:
    text = outputs_block(old, new, planning)
    assert text == ("\nOutputs:\n" + expected if expected else "")
