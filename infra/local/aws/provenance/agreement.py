"""Where the table and the facts of the provider's source differ (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.aws import shapes
from infra.local.aws.provenance.explained import EXPLAINED, PULUMI_DEFAULTS
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
    yield from _replacing(spec, found, attributes)
    yield from _defaults(spec, found, attributes)
    yield from _outputs(spec, attributes)
    declared = set(shapes.declared_inputs(spec.token)) | set(shapes.declared_outputs(spec.token))
    for name in sorted(declared - {_top(path) for path in attributes} - _EVERYWHERE):
        yield name, "the source has no such attribute"
    for name in found["absent"]:
        yield name, "the SDK has no such input or output"


_EVERYWHERE = frozenset({"tags", "tagsAll", "region", "id"})


def ends(attributes: Mapping[str, Facts]) -> Iterator[tuple[str, Facts]]:
    """Inputs that have no inputs inside."""
    for path, facts in attributes.items():
        inner = (f"{path}.", f"{path}[*].")
        if facts["use"] in ("computed", "element"):
            continue
        if not any(other.startswith(inner) for other in attributes):
            yield path, facts


def _replacing(
    spec: TypeSpec, found: Facts, attributes: Mapping[str, Facts]
) -> Iterator[tuple[str, str]]:
    inputs = shapes.declared_inputs(spec.token)
    for path, facts in ends(attributes):
        if _top(path) not in inputs:
            continue
        ours, theirs = spec.replaces_at(path, {}, {}), facts.get("forceNew", False)
        conditional = any(_within(path, each) for each in [*found["sometimes"], *spec.sometimes])
        if ours != theirs and not (conditional and (ours or not theirs)):
            yield path, f"a change {'replaces' if theirs else 'updates'} there, not here"
    for path in spec.sometimes:
        if not any(_within(path, each) or _within(each, path) for each in found["sometimes"]):
            yield path, "no code there makes it replace sometimes"


def _defaults(
    spec: TypeSpec, found: Facts, attributes: Mapping[str, Facts]
) -> Iterator[tuple[str, str]]:
    inputs = shapes.declared_inputs(spec.token)
    if found["framework"]:  # the bridge leaves those to the plan: no input gets a default
        theirs: dict[str, Any] = {}
    else:
        theirs = {
            path: PULUMI_DEFAULTS.get(str(facts["default"]), facts["default"])
            for path, facts in attributes.items()
            if "default" in facts and path in inputs
        }
    ours = {path: default.value for path, default in spec.defaults.items()}
    for path in sorted(ours.keys() | theirs.keys()):
        if path not in ours or path not in theirs or ours[path] != theirs[path]:
            yield path, f"its default is {theirs.get(path)!r} there, {ours.get(path)!r} here"


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


def _within(path: str, whole: str) -> bool:
    return path == whole or path.startswith((f"{whole}.", f"{whole}["))


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]
