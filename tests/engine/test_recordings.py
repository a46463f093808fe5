"""The local engine does what the Pulumi CLI was recorded doing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

import pytest

from tests.engine import replaying
from tests.engine.recorded_differences import DIFFERENCES, UNSTEADY, Difference
from tests.engine.replaying import ROOT, Replay, compares_text, difference, names

SECONDS = 1800
"""For all of them, on a machine that does other things besides."""


class Replays:
    """Replays run beside each other in a process of their own (the recordings' code is not
    written for warnings as errors), the tests wait for theirs."""

    def __init__(self, scenarios: Sequence[str]) -> None:
        self._found: dict[str, Future[Replay]] = {}
        self._running: list[subprocess.Popen[str]] = []
        if scenarios:
            self._start(scenarios)

    def _start(self, scenarios: Sequence[str]) -> None:
        futures = {name: Future[Replay]() for name in scenarios}
        self._found |= futures
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.replaying", "--lines", *scenarios],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        threading.Thread(target=self._read, args=(process, futures), daemon=True).start()

    @staticmethod
    def _read(process: subprocess.Popen[str], futures: dict[str, Future[Replay]]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            result = Replay(**json.loads(line))
            futures[result.scenario].set_result(result)
        said = process.stderr.read()
        for future in futures.values():
            if not future.done():
                future.set_exception(RuntimeError(f"the replayer ended early: {said}"))

    def of(self, scenario: str) -> Replay:
        if scenario not in self._found:
            self._start([scenario])
        return self._found[scenario].result(SECONDS)

    def close(self) -> None:
        for process in self._running:
            process.terminate()
            process.wait(30)
            for stream in (process.stdout, process.stderr):
                assert stream is not None
                stream.close()


@pytest.fixture(scope="module")
def replays(request: pytest.FixtureRequest) -> Iterator[Replays]:
    worker: dict[str, Any] | None = getattr(request.config, "workerinput", None)
    # Where a file's tests are spread over processes, each replays what it is given, no more.
    whole = worker is None or "loadfile" in worker["mainargv"]
    asked = [
        item.callspec.params["scenario"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.originalname == "test_a_recorded_scenario_replays_without_difference"
    ]
    made = Replays(asked if whole else [])
    yield made
    made.close()


@pytest.mark.engine
@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("scenario", names())
def test_a_recorded_scenario_replays_without_difference(
    scenario: str, replays: Replays, record_property: pytest.RecordProperty
) -> None:
    result = replays.of(scenario)
    record_property("replay", asdict(result))
    assert not result.wrong, "\n\n".join(result.wrong)
    assert result.steps > 0


def test_all_58_recordings_are_there() -> None:
    assert len(names()) == 58


def test_every_known_difference_is_of_a_recorded_step_and_has_a_reason() -> None:
    for one in DIFFERENCES:
        assert 1 <= one.step <= len(replaying.steps_of(one.scenario)), one
        assert one.kind in (*replaying.CHECKS, *replaying.TEXTS, "second"), one
        assert one.theirs != one.ours, one
        assert one.why, one
    assert all(one.scenario in names() and one.why for one in UNSTEADY)


def test_texts_are_compared_where_programs_or_people_take_them_for_facts() -> None:
    compared = [
        f"{name} {step['cmd']}"
        for name in names()
        for step in replaying.steps_of(name)
        if compares_text(step)
    ]
    assert len(compared) == 24
    assert {one.split()[1] for one in compared} == {
        "cancel", "concurrent", "config", "import-state", "preview", "stack", "state",
    }  # fmt: skip


# ---- the comparison itself


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What `replay.py` reports, instead of a run of the engine."""
    reported: list[Any] = []

    class Module:
        settled = staticmethod(lambda kind, text: text)
        state = staticmethod(lambda raw, normal: raw)
        run = staticmethod(lambda folder, arguments: reported)

    monkeypatch.setattr(replaying, "load_replay", Module)
    return reported


DIFF = ["@@ -1,2 +1 @@", ' {"call": "Check"}', '-{"call": "DiffConfig", "urn": "a::b::c::p"}']


def test_a_difference_that_nobody_expects_is_wrong(replayed: list[Any]) -> None:
    replayed.append((1, "up", "calls", DIFF))
    assert replaying.replay("update").wrong == ["step 1 up: calls\n" + "\n".join(DIFF)]


def test_a_listed_difference_passes_only_as_it_is_listed(
    replayed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Difference("update", 1, "calls", ("DiffConfig p",), (), "why")
    monkeypatch.setattr("tests.engine.recorded_differences.DIFFERENCES", (row,))
    replayed.append((1, "up", "calls", DIFF))
    result = replaying.replay("update")
    assert (result.known, result.wrong) == (1, [])
    replayed[0] = (1, "up", "calls", [*DIFF, '+{"call": "Read"}'])
    assert len(replaying.replay("update").wrong) == 2


def test_a_listed_difference_that_is_gone_is_wrong(
    replayed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Difference("update", 2, "calls", ("Read a",), (), "why")
    monkeypatch.setattr("tests.engine.recorded_differences.DIFFERENCES", (row,))
    assert "no longer differs" in replaying.replay("update").wrong[0]
    assert replaying.replay("update", ["exit"]).wrong == []


def test_the_display_of_operations_is_ours_but_not_their_json(replayed: list[Any]) -> None:
    replayed += [(1, "json-first", "stdout", ["-x"]), (2, "up", "stdout", ["-x"])]
    assert replaying.steps_of("preview-flags")[0]["args"] == ["--json"]
    assert len(replaying.replay("preview-flags").wrong) == 1


def test_json_is_compared_as_json_and_an_unsteady_field_is_left_out() -> None:
    settle = replaying._settling("protect-destroy", lambda kind, text: text)
    assert settle("stdout", '{"b":1,"a":[]}') == settle("stdout", '{ "a": [], "b": 1 }')
    assert settle("stdout", "a: 1") == "a: 1"
    assert settle("events", '{"steps": 1}') == settle("events", '{"steps": 12}')
    assert settle("calls", '{"steps": 1}') != settle("calls", '{"steps": 12}')


def test_of_a_call_its_name_and_resource_stand_in_the_list() -> None:
    seen = difference("s", 1, "calls", DIFF)
    assert (seen.theirs, seen.ours) == (("DiffConfig p",), ())
