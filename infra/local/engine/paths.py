"""Property paths (`tags["a-b"].x[1]`) and what resource options do with them."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from infra.local.engine.values import is_secret, secret

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


def ignore_changes(
    paths: Iterable[str], olds: Properties, news: Properties
) -> tuple[Properties, list[str]]:
    """`news` with the values at `paths` as they were, and the paths where that can't be: an
    element can neither be put into a list nor kept out of it (`properties_path.go`, Reset)."""
    result = copy.deepcopy(news)
    failed = [path for path in paths if not _reset(parse_path(path), olds, result, (False, False))]
    return result, failed


def _reset(path: Sequence[Any], old: Any, new: Any, inside: tuple[bool, bool]) -> bool:
    """Whether it could be done. `inside`: whether the old and the new value lie in a secret."""
    while is_secret(old):
        old, inside = old["value"], (True, inside[1])
    while is_secret(new):
        new, inside = new["value"], (inside[0], True)
    head, rest = path[0], path[1:]
    if head == "*":
        return _reset_all(rest, old, new, inside)
    done = _missing_index(head, rest, old, new) if isinstance(head, int) else None
    if isinstance(head, str):
        done = _missing_key(head, rest, old, new)
    if done is not None:
        return done
    was = old.get(head) if isinstance(old, dict) else old[head]
    if rest:
        return _reset(rest, was, new[head], inside)
    new[head] = _copied(was, inside)
    return True


def _missing_index(head: int, rest: Sequence[str | int], old: Any, new: Any) -> bool | None:
    """Where there is no such element on both sides: whether that is how it was. Else None."""
    if not isinstance(old, list) or not isinstance(new, list):
        return not isinstance(old, list) and not isinstance(new, list)
    if head < len(old) and head < len(new):
        return None
    return not rest and head >= len(old) and head >= len(new)


def _missing_key(head: str, rest: Sequence[str | int], old: Any, new: Any) -> bool | None:
    """As `_missing_index`; what was not there before is taken out."""
    if rest:
        if not isinstance(old, dict) or not isinstance(new, dict):
            return not isinstance(old, dict) and not isinstance(new, dict)
        return None if head in new else head not in old
    if not isinstance(old, dict) or head not in old:
        if isinstance(new, dict):
            new.pop(head, None)
        return True
    return None if isinstance(new, dict) else False


def _reset_all(rest: Sequence[str | int], old: Any, new: Any, inside: tuple[bool, bool]) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        if rest:
            return all(key in new and _reset(rest, old[key], new[key], inside) for key in old)
        new.clear()
        new.update({key: _copied(value, inside) for key, value in old.items()})
        return True
    if isinstance(old, list) and isinstance(new, list):
        for index in range(min(len(old), len(new))):
            if not rest:
                new[index] = _copied(old[index], inside)
            elif not _reset(rest, old[index], new[index], inside):
                return False
        return len(old) == len(new)
    return not rest and isinstance(new, (dict, list))


def _copied(value: Any, inside: tuple[bool, bool]) -> Any:
    value = copy.deepcopy(value)
    return secret(value) if inside == (True, False) else value


def matches(pattern: Sequence[str | int], path: Sequence[str | int]) -> bool:
    """A pattern covers itself and what lies below it."""
    if len(path) < len(pattern):
        return False
    return all(p in ("*", q) for p, q in zip(pattern, path, strict=False))
