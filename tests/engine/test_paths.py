"""Property paths and ignoreChanges."""

from __future__ import annotations

import pytest

from infra.local.engine.paths import ignore_changes, matches, parse_path


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


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["value"], {"value": "old", "tags": {"a": "2", "new": "3"}, "items": ["q", "r"]}),
        (["tags.a"], {"value": "new", "tags": {"a": "1", "new": "3"}, "items": ["q", "r"]}),
        (["tags.new"], {"value": "new", "tags": {"a": "2"}, "items": ["q", "r"]}),
        (["items[0]"], {"value": "new", "tags": {"a": "2", "new": "3"}, "items": ["p", "r"]}),
        # An element that the list did not have can't be kept out of it (recorded so).
        (["items[1]"], {"value": "new", "tags": {"a": "2", "new": "3"}, "items": ["q", "r"]}),
        (["tags.*"], {"value": "new", "tags": {"a": "1"}, "items": ["q", "r"]}),
    ],
)
def test_ignored_paths_keep_their_old_values(paths: list[str], expected: object) -> None:
    olds = {"value": "old", "tags": {"a": "1"}, "items": ["p"]}
    news = {"value": "new", "tags": {"a": "2", "new": "3"}, "items": ["q", "r"]}
    assert ignore_changes(paths, olds, news) == expected
    assert news["value"] == "new"


def test_a_pattern_covers_what_lies_below_it() -> None:
    assert matches(["tags"], ["tags", "a"])
    assert matches(["tags", "*"], ["tags", "a"])
    assert not matches(["tags", "b"], ["tags", "a"])
    assert not matches(["tags", "a"], ["tags"])
