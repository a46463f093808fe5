"""Property paths (`tags["a-b"].x[1]`) and what resource options do with them."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.local.engine.values import Properties

_PATH = re.compile(r'\.?([^.\[\]"]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]')


def parse_path(path: str) -> list[str | int]:
    """`tags["a-b"].x[1]` → ["tags", "a-b", "x", 1]; `*` stands for every key or index."""
    return [
        int(index) if index.isdigit() else index or key or quoted
        for key, quoted, index in _PATH.findall(path)
    ]


def ignore_changes(paths: Iterable[str], olds: Properties, news: Properties) -> Properties:
    """`news` with the values at `paths` as they were. An element that was not there before can't
    be kept out of a list (the CLI warns and goes ahead)."""
    result = copy.deepcopy(news)
    for path in paths:
        _restore(result, olds, parse_path(path))
    return result


def _restore(news: Any, olds: Any, path: list[str | int]) -> None:
    head, rest = path[0], path[1:]
    if head == "*":
        keys: Iterable[str | int]
        if isinstance(news, dict) and isinstance(olds, dict):
            keys = {**news, **olds}
        elif isinstance(news, list) and isinstance(olds, list):
            keys = range(len(news))
        else:
            return
        for key in list(keys):
            _restore(news, olds, [key, *rest])
        return
    if isinstance(news, list) and isinstance(olds, list) and isinstance(head, int):
        if head >= len(news) or head >= len(olds):
            return
    elif not (isinstance(news, dict) and isinstance(olds, dict)):
        return
    _restore_at(news, olds, head, rest)


def _restore_at(news: Any, olds: Any, head: Any, rest: list[str | int]) -> None:
    was_there = isinstance(olds, list) or head in olds
    if rest:
        if was_there and (isinstance(news, list) or head in news):
            _restore(news[head], olds[head], rest)
    elif was_there:
        news[head] = copy.deepcopy(olds[head])
    elif isinstance(news, dict):
        news.pop(head, None)


def matches(pattern: Sequence[str | int], path: Sequence[str | int]) -> bool:
    """A pattern covers itself and what lies below it."""
    if len(path) < len(pattern):
        return False
    return all(p in ("*", q) or str(p) == str(q) for p, q in zip(pattern, path, strict=False))
