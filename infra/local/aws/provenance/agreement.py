"""Where the table and the facts of the provider's source differ (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.aws import shapes
from infra.local.aws.provenance.explained import EXPLAINED
from infra.local.aws.spec import TypeSpec

type Facts = Mapping[str, Any]


def differences(spec: TypeSpec, found: Facts) -> Iterator[str]:
    """Differences of one row that `explained.py` has no reason for."""
    explained = {path for token, path in EXPLAINED if token == spec.token}
    for path, said in _all(spec, found):
        if path not in explained:
            yield f"{path}: {said}"


def unused_reasons(spec: TypeSpec, found: Facts) -> set[str]:
    """Paths that are explained although the row and the source agree."""
    differing = {path for path, _ in _all(spec, found)}
    return {path for token, path in EXPLAINED if token == spec.token} - differing


def _all(spec: TypeSpec, found: Facts) -> Iterator[tuple[str, str]]:
    attributes: Mapping[str, Facts] = found["attributes"]
    yield from _replacing(spec, found)
    yield from _outputs(spec, attributes)
    declared = set(shapes.declared_inputs(spec.token)) | set(shapes.declared_outputs(spec.token))
    for name in sorted(declared - {_top(path) for path in attributes} - _EVERYWHERE):
        yield name, "the source has no such attribute"
    for name in found["absent"]:
        yield name, "the SDK has no such input or output"


_EVERYWHERE = frozenset({"tags", "tagsAll", "region", "id"})


def _replacing(spec: TypeSpec, found: Facts) -> Iterator[tuple[str, str]]:
    ours = set(spec.sometimes)
    for path in sorted(ours - set(found["sometimes"])):
        yield path, "no code there makes it replace"
    forced = {path for path, facts in found["attributes"].items() if facts.get("forceNew")}
    for path in sorted(set(found["sometimes"]) - ours - forced):
        yield path, "code there makes it replace sometimes, here it never does"


def _outputs(spec: TypeSpec, attributes: Mapping[str, Facts]) -> Iterator[tuple[str, str]]:
    if spec.outputs is None:
        return
    for name in sorted(spec.outputs.only):
        use = attributes.get(name, {}).get("use")
        if use != "computed":
            yield name, f"it is no mere output there but {use or 'absent'}"
    for name in sorted(spec.outputs.filled - set(spec.local_wins)):
        use = attributes.get(name, {}).get("use")
        if use != "filled":
            yield name, f"AWS does not fill it in there: it is {use or 'absent'}"


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]
