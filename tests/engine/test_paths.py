"""Property paths and ignoreChanges."""

from __future__ import annotations

import copy

import pytest

from infra.local.engine.paths import ignore_changes, matches, parse_path
from infra.local.engine.values import Properties, secret


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("value", ["value"]),
        ("tags.team", ["tags", "team"]),
        ('tags["a-b"].c', ["tags", "a-b", "c"]),
        ("items[1].x", ["items", 1, "x"]),
        ("items[*].x", ["items", "*", "x"]),
    ],
)
def test_a_path_is_split_into_keys_and_indexes(path: str, steps: list[str | int]) -> None:
    assert parse_path(path) == steps


OLDS = {"value": "old", "tags": {"a": "1"}, "items": ["p"]}
NEWS = {"value": "new", "tags": {"a": "2", "new": "3"}, "items": ["q", "r"]}


@pytest.mark.parametrize(
    ("path", "changed", "kept"),
    [
        ("value", {"value": "old"}, True),
        ("tags.a", {"tags": {"a": "1", "new": "3"}}, True),
        ("tags.new", {"tags": {"a": "2"}}, True),
        ("tags.*", {"tags": {"a": "1"}}, True),
        ("*", OLDS, True),
        ("gone.a", {}, True),
        ("value.a", {}, True),
        ("items[0]", {"items": ["p", "r"]}, True),
        ("items[5]", {}, True),
        # An element can neither be put into a list nor kept out of it.
        ("items[1]", {}, False),
        ("items[*]", {"items": ["p", "r"]}, False),
    ],
)
def test_ignored_paths_keep_their_old_values(path: str, changed: Properties, kept: bool) -> None:
    before = copy.deepcopy(NEWS)
    assert ignore_changes([path], OLDS, NEWS) == ({**NEWS, **changed}, [] if kept else [path])
    assert before == NEWS


@pytest.mark.parametrize(
    ("olds", "news", "result", "kept"),
    [
        ({"t": {"a": 1}}, {}, {}, False),
        ({}, {"t": {"a": 1, "b": 2}}, {"t": {"b": 2}}, True),
        ({"t": {"a": 1}}, {"t": 5}, {"t": 5}, False),
        ({"t": secret({"a": 1})}, {"t": {"a": 2}}, {"t": {"a": secret(1)}}, True),
        ({"t": {"a": 1}}, {"t": secret({"a": 2})}, {"t": secret({"a": 1})}, True),
    ],
)
def test_an_ignored_path_below_a_map_that_is_on_one_side_only_or_secret(
    olds: Properties, news: Properties, result: Properties, kept: bool
) -> None:
    assert ignore_changes(["t.a"], olds, news) == (result, [] if kept else ["t.a"])


def test_a_pattern_covers_what_lies_below_it() -> None:
    assert matches(["tags"], ["tags", "a"])
    assert matches(["tags", "*"], ["tags", "a"])
    assert not matches(["tags", "b"], ["tags", "a"])
    assert not matches(["tags", "a"], ["tags"])
