"""What changed between recorded and new inputs, by path, and whether it can be updated in place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from infra.local.aws import provided
from infra.local.aws.codec import UNKNOWN, Properties, Value, at, is_asset, plain
from infra.local.aws.spec import TypeSpec


class Change(StrEnum):
    """How a path changed, in the protocol's words (`PropertyDiff.Kind`), without `_REPLACE`."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True, slots=True)
class PathChange:
    path: str
    change: Change
    replaces: bool
    in_inputs: bool = True

    @property
    def top(self) -> str:
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Difference:
    """The answer to Diff. `delete_first` means that old and new cannot exist side by side."""

    changes: tuple[PathChange, ...] = ()
    delete_first: bool = False
    replaces: tuple[str, ...] = field(init=False)
    diffs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        tops = sorted({change.top for change in self.changes})
        causes = sorted({change.top for change in self.changes if change.replaces})
        object.__setattr__(self, "diffs", tuple(tops))
        object.__setattr__(self, "replaces", tuple(causes))


def difference(
    spec: TypeSpec,
    old: Properties,
    new: Properties,
    outputs: Properties,
    tags_all: Value,
    region: str = "",
) -> Difference:
    """Compare inputs `old` and `new` of one resource.

    `outputs` is the recorded state: an input that AWS fills in when it is left out is no change
    when it goes away. `tags_all` is what all tags would be now (the provider's default tags may
    have changed while the inputs did not), `region` where it would be made now.
    """
    old, new = plain(old), plain(new)
    if region and outputs.get("region") and new.get("region") != UNKNOWN:
        old, new = {**old, "region": plain(outputs["region"])}, {**new, "region": region}
    found = [
        PathChange(path, change, spec.replaces_at(path, old, new))
        for path, change in _walk("", old, new, spec)
        if not _no_change_at_aws(spec, path, change, new)
    ]
    recorded_tags = plain(outputs.get("tagsAll"))
    tags_unchanged = not any(change.top == "tags" for change in found)
    if tags_unchanged and recorded_tags is not None and recorded_tags != plain(tags_all):
        found.extend(
            PathChange(path, change, replaces=False, in_inputs=False)
            for path, change in _walk("tagsAll", recorded_tags, plain(tags_all), spec)
        )
    must_replace = any(change.replaces for change in found)
    return Difference(tuple(found), must_replace and _keeps_its_name(spec, old, new))


def _no_change_at_aws(spec: TypeSpec, path: str, change: Change, new: Properties) -> bool:
    """Left out, what AWS fills in stays; a default that is written down was there before."""
    if change is Change.ADD:
        default = provided.defaults(spec.token).get(re.sub(r"\[\d+\]", "[*]", path))
        return default is not None and at(new, path) == [default]
    return change is Change.DELETE and path in spec.computed


def _keeps_its_name(spec: TypeSpec, old: Properties, new: Properties) -> bool:
    """A fixed name belongs to one resource at a time, so the old one must go first."""
    if not spec.unique:
        return False
    return all(old.get(name) == new.get(name) and new.get(name) != UNKNOWN for name in spec.unique)


def _walk(path: str, old: Value, new: Value, spec: TypeSpec) -> Iterator[tuple[str, Change]]:
    if isinstance(new, str) and new == UNKNOWN:
        if not (isinstance(old, str) and old == UNKNOWN):
            yield path, Change.UPDATE
    elif is_asset(old) and is_asset(new):
        before: Any = old
        after: Any = new
        if before.get("hash") != after.get("hash"):
            yield path, Change.UPDATE
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _walk_maps(path, old, new, spec)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _walk_lists(path, old, new, spec)
    elif not _same_text(old, new):
        yield path, Change.UPDATE


def _walk_maps(
    path: str, old: Mapping[str, Any], new: Mapping[str, Any], spec: TypeSpec
) -> Iterator[tuple[str, Change]]:
    for key in sorted(old.keys() | new.keys()):
        here = step(path, key)
        before, after = old.get(key), new.get(key)
        if before is None and after is None:
            continue
        if before is None:
            yield here, Change.ADD
        elif after is None:
            yield here, Change.DELETE
        else:
            yield from _walk(here, before, after, spec)


def _walk_lists(
    path: str, old: list[Any], new: list[Any], spec: TypeSpec
) -> Iterator[tuple[str, Change]]:
    if spec.is_set(path):
        old, new = _in_order(old), _in_order(new)
    for index in range(max(len(old), len(new))):
        here = f"{path}[{index}]"
        if index >= len(old):
            yield here, Change.ADD
        elif index >= len(new):
            yield here, Change.DELETE
        else:
            yield from _walk(here, old[index], new[index], spec)


def _in_order(items: Iterable[Any]) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


def _same_text(old: Value, new: Value) -> bool:
    """Equal, or two JSON documents that say the same (the provider for AWS compares policies by
    meaning).
    """
    if type(old) is type(new) and old == new:
        return True
    if isinstance(old, str) and isinstance(new, str) and old[:1] in "{[" and new[:1] in "{[":
        try:
            return json.loads(old) == json.loads(new)
        except ValueError:
            return False
    both_numbers = {type(old), type(new)} <= {int, float}
    return both_numbers and old == new


def step(path: str, key: str) -> str:
    """The path of a map's key, quoted where it is no plain name: `tags["a-b"]`."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
        return f"{path}.{key}" if path else key
    return f'{path}["{key}"]'
