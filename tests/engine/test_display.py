"""What a person reads."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from infra.local.engine.digest import Digest
from infra.local.engine.display import Display, View
from infra.local.engine.errors import EngineError
from infra.local.engine.events import Events
from infra.local.engine.planner import Step
from infra.local.engine.progress import Progress
from infra.local.engine.render import outputs_block
from infra.local.engine.rows import changed_keys, took
from infra.local.engine.state import STACK_TYPE, Resource
from infra.local.engine.terminal import Terminal, wants_colour
from infra.local.engine.values import UNKNOWN, mask, secret

ROOT = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"


def urn_of(name: str) -> str:
    return f"urn:pulumi:dev::p::t:i:T::{name}"


class Screen:
    """A display with its events; `text` is what was written."""

    def __init__(
        self, kind: str = "update", *, planning: bool = True, colour: bool = False, **view: Any
    ) -> None:
        self.buffer = io.StringIO()
        self.events = Events()
        self.planning = planning
        terminal = Terminal(self.buffer.write, colour=colour)
        self.events.listen(Display(terminal, View(kind, "dev", ROOT, planning, **view)))

    def stack(self, op: str = "same") -> None:
        new = Resource(ROOT, STACK_TYPE, custom=False)
        self._both(Step(op, ROOT, new if op != "create" else None, new))

    def step(
        self, op: str, name: str, *, parent: str = "", custom: bool = True, **more: Any
    ) -> None:
        above = urn_of(parent) if parent else ROOT
        new = Resource(urn_of(name), "t:i:T", custom=custom, parent=above)
        self._both(Step(op, new.urn, new if op != "create" else None, new, **more))

    def _both(self, step: Step) -> None:
        self.events.step_started(step, self.planning)
        self.events.step_ended(step, self.planning)

    def fail(self, name: str) -> None:
        new = Resource(urn_of(name), "t:i:T", parent=ROOT)
        step = Step("create", new.urn, None, new)
        self.events.step_started(step, False)
        self.events.step_failed(step, 1)

    def violation(self, level: str, policy: str, name: str, **more: str) -> None:
        body = {
            "resourceUrn": urn_of(name),
            "message": f"{policy} said.\nOf {name}.\n",
            "policyName": policy,
            "policyPackName": "house",
            "policyPackVersion": "1.0.0",
            "enforcementLevel": level,
            **more,
        }
        self.events.emit("policyEvent", body)

    def end(self, packs: dict[str, str] | None = None, **changes: int) -> str:
        body = {
            "resourceChanges": changes,
            "durationSeconds": 3,
            "result": "succeeded",
            "PolicyPacks": packs or {},
        }
        self.events.emit("summaryEvent", body)
        self.events.emit("cancelEvent", {})
        return self.buffer.getvalue()


def test_a_preview_is_a_tree_by_parent_of_what_changes() -> None:
    screen = Screen()
    screen.stack()
    screen.step("same", "web", custom=False)
    screen.step("create", "net", parent="web")
    screen.step("update", "host", parent="web", diffs=["tags", "value"])
    screen.step("same", "calm")
    screen.step("delete", "old")
    text = screen.end(create=1, update=1, delete=1, same=2)
    assert (
        "     pulumi:pulumi:Stack  p-dev\n"
        "     ├─ t:i:T             web\n"
        " +   │  ├─ t:i:T          net\n"
        " ~   │  └─ t:i:T          host     [diff: ~tags,value]\n"
        " -   └─ t:i:T             old\n"
    ) in text
    assert "calm" not in text
    assert "    + 1 to create\n    ~ 1 to update\n    - 1 to delete\n    3 changes." in text
    assert "\x1b" not in text


def test_the_cause_of_a_replacement_stands_beside_it_and_its_parts_are_not_rows() -> None:
    screen = Screen()
    screen.stack()
    screen.step("create-replacement", "a", keys=["zone"], logical=False)
    screen.step("replace", "a", keys=["zone"], diffs=["zone"])
    screen.step("delete-replaced", "a", logical=False)
    text = screen.end(replace=1)
    assert " +-  └─ t:i:T             a        [diff: ~zone] [replaces because of: zone]\n" in text
    assert text.count("t:i:T") == 1


def test_a_replacement_that_stopped_half_way_is_shown_by_its_part() -> None:
    screen = Screen(planning=False)
    screen.stack()
    screen.step("create-replacement", "a", keys=["zone"], logical=False)
    text = screen.end()
    assert " ++  └─ t:i:T             a      created replacement (" in text


def test_an_update_tells_each_step_that_ended_with_time_and_count_then_the_tree() -> None:
    screen = Screen(planning=False)
    screen.stack("create")
    screen.step("create", "a")
    screen.fail("bad")
    text = screen.end(create=2)
    progress, _, tree = text.partition("\n\n")
    assert " +  pulumi:pulumi:Stack p-dev created [1/1]" in progress
    assert " +  t:i:T a created (0.0s) [2/2]" in progress
    assert " +  t:i:T bad failed (0.0s) [3/3]" in progress
    assert " +   └─ t:i:T             bad    failed (0.0s)\n" in tree
    assert "├─ t:i:T             a      created (0.0s)\n" in tree


def test_a_step_that_a_preview_refuses_is_in_the_tree() -> None:
    screen = Screen()
    old = Resource(urn_of("a"), "t:i:T", parent=ROOT)
    screen.events.step_started(Step("delete", old.urn, old, None), True)
    assert " -   └─ t:i:T             a      failed\n" in screen.end()


def test_a_change_of_provider_is_a_difference_and_parts_repeat_why() -> None:
    screen = Screen(tree=False)
    old = Resource(urn_of("a"), "t:i:T", parent=ROOT, provider="urn:p::1")
    new = Resource(urn_of("a"), "t:i:T", parent=ROOT, provider="urn:p::2")
    for op, side in (("replace", new), ("delete-replaced", None)):
        step = Step(op, old.urn, old, side, logical=op == "replace")
        screen.events.step_started(step, True)
        screen.events.step_ended(step, True)
    text = screen.end()
    assert " +- t:i:T a [diff: ~provider]\n -- t:i:T a [diff: ~provider]\n" in text


def test_without_drawing_rows_are_single_lines_that_name_their_parent() -> None:
    screen = Screen(tree=False)
    screen.stack("create")
    screen.step("create", "web", custom=False)
    screen.step("create", "net", parent="web")
    text = screen.end(create=3)
    assert " +  pulumi:pulumi:Stack p-dev\n +  t:i:T web\n +  t:i:T net [in web]\n" in text
    assert "─" not in text


def test_colours_are_there_only_where_they_are_wanted() -> None:
    screen = Screen(colour=True)
    screen.step("create", "a")
    assert "\x1b[32m +   └─ t:i:T             a\x1b[0m\n" in screen.end(create=1)


@pytest.mark.parametrize(
    ("flag", "terminal", "environment", "expected"),
    [
        ("", True, {}, True),
        ("auto", False, {}, False),
        ("", True, {"NO_COLOR": "1"}, False),
        ("", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_colour_follows_flag_terminal_and_environment(
    flag: str, terminal: bool, environment: dict[str, str], expected: bool
) -> None:
    assert wants_colour(flag, terminal, environment) is expected


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(EngineError, match="--color 'raw' must be auto, always or never"):
        wants_colour("raw", True, {})


def test_the_status_line_is_wiped_before_a_line_is_written() -> None:
    buffer = io.StringIO()
    terminal = Terminal(buffer.write, live=True)
    terminal.status("1s [0/1] creating a")
    terminal.text("done\n")
    assert buffer.getvalue() == f"1s [0/1] creating a\r{' ' * 19}\rdone\n"


def test_progress_counts_what_ended_of_what_was_begun() -> None:
    progress = Progress()
    progress.start("create", urn_of("a"))
    progress.start("delete", urn_of("b"))
    progress.end("create", urn_of("a"))
    assert progress.count == "[1/2]"
    assert "deleting b (0.0s)" in progress.sentence()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.42, "0.4s"), (9.97, "10s"), (59.6, "1m00s"), (125, "2m05s")]
)
def test_times_are_short(seconds: float, text: str) -> None:
    assert took(seconds) == text


def test_differences_are_grouped_by_what_happens_to_the_property() -> None:
    meta = {
        "old": {"inputs": {"a": 1, "b": 1, "s": 0}},
        "new": {"inputs": {"b": 2, "c": 3, "s": 0}},
        "diffs": ["c", "b", "a", "s"],
    }
    assert changed_keys(meta) == "+c-a~b,s"


def test_policies_have_a_section_of_their_own_and_a_mandatory_one_leaves_out_the_counts() -> None:
    screen = Screen()
    screen.events.emit("policyLoadEvent", {})
    screen.events.emit("policyLoadEvent", {})
    screen.events.emit("preludeEvent", {})
    screen.violation("advisory", "tags", "a")
    screen.violation("mandatory", "zone", "b", severity="low")
    screen.violation("mandatory", "open", "b", severity="high")
    text = screen.end({"house|local|packs/house": "1.0.0", "other|local|x": "2"}, create=2)
    assert text.count("Loading policy packs...: starting\n") == 1
    assert "Loading policy packs...: done\n" in text
    section = text.partition("Policies:\n")[2]
    assert section == (
        "    ❌ house@v1.0.0 (local: packs/house)\n"
        "        - [mandatory] [severity: high]  open  (t:i:T: b)\n"
        "          open said.\n          Of b.\n"
        "        - [mandatory] [severity: low]  zone  (t:i:T: b)\n"
        "          zone said.\n          Of b.\n"
        "        - [advisory]  tags  (t:i:T: a)\n"
        "          tags said.\n          Of a.\n"
        "    ✅ other@v2 (local: x)\n"
    )


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (frozenset[str](), "        - [remediate]  own  (2 resources)\n"),
        (
            frozenset({"remediations"}),
            (
                "        - [remediate]  own  (t:i:T: a) [diff: +tags]\n"
                "        - [remediate]  own  (t:i:T: b) [diff: +tags]\n"
            ),
        ),
    ],
)
def test_remediations_are_counted_or_listed(show: frozenset[str], expected: str) -> None:
    screen = Screen(show=show)
    for name in ("a", "b"):
        body = {
            "resourceUrn": urn_of(name),
            "policyName": "own",
            "policyPackName": "house",
            "policyPackVersion": "1.0.0",
            "after": {"tags": {"owner": "house"}},
        }
        screen.events.emit("policyRemediationEvent", body)
    assert f"    ✅ house@v1.0.0 (local: h)\n{expected}" in screen.end({"house|local|h": "1.0.0"})


def test_errors_are_gathered_by_resource_and_resources_with_errors_counted_once() -> None:
    screen = Screen(planning=False)
    screen.events.diagnostic("error", "first\n", urn_of("a"))
    screen.events.diagnostic("error", "second\n", urn_of("a"))
    screen.events.diagnostic("warning", "careful\n")
    screen.events.diagnostic("debug", "noise\n")
    text = screen.end()
    assert "  t:i:T (a):\n    error: first\n    error: second\n" in text
    assert "    warning: careful\n" in text
    assert "noise" not in text
    assert "    1 errored\n" in text


def test_what_was_said_is_shown_though_there_is_no_summary() -> None:
    screen = Screen()
    screen.events.diagnostic("error", "no start\n")
    screen.events.emit("cancelEvent", {})
    assert "    error: no start\n" in screen.buffer.getvalue()


def test_default_providers_are_the_engines_own_business() -> None:
    screen = Screen()
    urn = "urn:pulumi:dev::p::pulumi:providers:aws::default_7_51_1"
    step = Step("create", urn, None, Resource(urn, "pulumi:providers:aws"))
    screen.events.step_started(step, True)
    screen.events.step_ended(step, True)
    assert "providers" not in screen.end()


def test_no_secret_is_shown() -> None:
    screen = Screen(diff=True)
    new = Resource(urn_of("a"), "t:i:T", inputs={"s": secret("hush")}, parent=ROOT)
    step = Step("create", new.urn, None, new)
    screen.events.step_started(step, True)
    screen.events.step_ended(step, True)
    text = screen.end(create=1)
    assert "s: [secret]" in text
    assert "hush" not in json.dumps(text)


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


def test_what_a_refresh_found_as_it_was_does_not_look_like_a_change() -> None:
    screen = Screen("refresh", planning=False)
    kept = Resource(urn_of("kept"), "t:i:T", inputs={"a": "1"})
    screen._both(Step("refresh", kept.urn, kept, kept, logical=False))
    drifted = Step(
        "refresh", urn_of("drifted"), Resource(urn_of("drifted"), "t:i:T", inputs={"a": "1"}),
        Resource(urn_of("drifted"), "t:i:T", inputs={"a": "2"}), logical=False,
    )  # fmt: skip
    screen.events.step_started(drifted, False)
    screen.events.step_ended(drifted, False, "update")
    text = screen.end(update=1, same=1)
    lines = text.splitlines()
    assert any("kept" in line and "refreshed" in line and "~" not in line for line in lines)
    tree = text.partition("\n\n")[2]
    assert "drifted" in tree
    assert "kept" not in tree


def test_with_diff_a_step_that_ended_is_not_told_as_failed_or_running() -> None:
    screen = Screen(diff=True, tree=False)
    screen.step("create", "a")
    text = screen.end(create=1)
    assert "failed" not in text
    assert "t:i:T: (create)" in text


# ---- --json


def digest_of(*steps: tuple[Step, str], **shown: bool) -> dict[str, Any]:
    """The document of a preview with these steps and the operations that they ended as."""
    flags = {"sames": False, "parts": False, "outputs": True, **shown}
    events, digest = Events(), Digest(**flags)
    events.listen(digest)
    events.watch(digest.step)
    for step, ended in steps:
        events.step_started(step, True)
        events.step_ended(step, True, ended)
    events.diagnostic("warning", "look\n")
    digest.print()
    return digest._document


def test_json_has_whole_states_without_secrets_and_hides_parts_of_a_replacement(
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = Resource(urn_of("a"), "t:i:T", inputs={"k": secret("x")}, created="then", aliases=["b"])
    new = Resource(urn_of("a"), "t:i:T", inputs={"k": "y"})
    part = Step("create-replacement", old.urn, old, new, logical=False)
    whole = Step("replace", old.urn, old, new, keys=["k"])
    digest_of((part, ""), (whole, ""))
    printed = json.loads(capsys.readouterr().out)
    (step,) = printed["steps"]
    assert step["op"] == "replace"
    assert step["oldState"]["inputs"] == {"k": "[secret]"}
    assert step["oldState"]["aliases"] == ["b"]
    assert step["newState"]["created"] == "then"
    assert step["detailedDiff"] is None
    assert printed["diagnostics"] == [{"message": "warning: look\n", "severity": "warning"}]
    digest_of((part, ""), (whole, ""), parts=True)
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [one["op"] for one in steps] == ["create-replacement", "replace"]


def test_json_of_a_refresh_says_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    old = Resource(urn_of("a"), "t:i:T", inputs={"k": "x"})
    gone = Step("refresh", urn_of("b"), old.copy(urn=urn_of("b")), None, logical=False)
    detailed = {"k": {"diffKind": "update", "inputDiff": True}}
    drift = Step("refresh", old.urn, old, old, logical=False, detailed=detailed)
    same = Step("refresh", urn_of("c"), old.copy(urn=urn_of("c")), old, logical=False)
    digest_of((drift, "update"), (gone, "delete"), (same, "same"))
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [one["op"] for one in steps] == ["update", "delete", "refresh"]
    assert steps[0]["detailedDiff"] == {"k": {"kind": "update", "inputDiff": True}}
