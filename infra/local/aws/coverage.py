"""Which of the inputs that the SDK declares are validated, and which are only recorded.

An input is counted at its end: `vpcConfig.subnetIds[*]` is one. Its shape (kind of value, required,
no unknown name) is checked in any case. It is *validated* if a rule, a reference, a rule between
resources or the provider's schema looks at it as well; a *switch* is true or false, so that its
shape is all that there is to check; the rest is *only recorded*. What a rule reads is taken from
the rule itself: the paths that it was made with, and the names that its code looks up.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from infra.local.aws import shapes
from infra.local.aws.rules.declared import declared
from infra.local.aws.spec import TypeSpec
from infra.local.aws.table import TABLE

_PATH = re.compile(r"[\w.\[\]*]+")  # whole, or a part of one that is put together
ALWAYS = frozenset({"tags", "region"})  # checking.py looks at them for every type


@dataclass(frozen=True, slots=True)
class Coverage:
    """Inputs of one type, as paths."""

    token: str
    validated: tuple[str, ...]
    switches: tuple[str, ...]
    recorded: tuple[str, ...]


def inputs_of(token: str) -> list[str]:
    """Every input that the SDK's classes declare for a type, down to its ends."""
    return list(shapes_of_inputs(token))


def shapes_of_inputs(token: str) -> dict[str, str]:
    """The same, with the letter of each one's shape (`freeze.py`)."""
    service = token.split(":")[1].split("/")[0]
    return dict(_ends(service, shapes.declared_inputs(token), "", ()))


def _ends(
    service: str, fields: dict[str, str], before: str, seen: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for name, code in fields.items():
        shape, path = code.rstrip("!"), f"{before}{name}"
        while shape[0] == "[":
            path, shape = f"{path}[*]", shape[1:-1]
        if shape[0] != "#":
            yield path, shape
        elif shape not in seen:  # a shape inside itself has no further ends
            inside = shapes.schema()["objects"][f"{service}.{shape[1:]}"]
            yield from _ends(service, inside, f"{path}.", (*seen, shape))


def coverage_of(spec: TypeSpec) -> Coverage:
    """Inputs of a type by what looks at them."""
    readers = [words_read_by(rule) for rule in (*spec.rules, *spec.world, *spec.keep)]
    readers += [_steps(reference.path) for reference in spec.references]
    schema = declared(spec.token)
    validated: list[str] = []
    switches: list[str] = []
    recorded: list[str] = []
    for path, shape in shapes_of_inputs(spec.token).items():
        steps = _steps(path)
        read = path in ALWAYS or path in schema or any(steps <= words for words in readers)
        side = validated if read else switches if shape == "b" else recorded
        side.append(path)
    return Coverage(spec.token, tuple(validated), tuple(switches), tuple(recorded))


def _steps(path: str) -> frozenset[str]:
    return frozenset(path.replace("[*]", "").split("."))


@cache
def words_read_by(rule: Callable[..., Any]) -> frozenset[str]:
    """Every name that a rule can look up in inputs, at any depth."""
    return frozenset(_read_by(rule, set()))


def _read_by(function: object, seen: set[int]) -> Iterator[str]:
    """Names that a function, and what it calls of this package, can look up."""
    if not isinstance(function, FunctionType) or id(function) in seen:
        return
    seen.add(id(function))
    for cell in function.__closure__ or ():
        yield from _named_in(cell.cell_contents, seen)
    for code in _codes(function.__code__):
        yield from _named_in(tuple(c for c in code.co_consts if c != function.__doc__), seen)
        for name in code.co_names:
            found = function.__globals__.get(name)
            module = getattr(found, "__module__", None) or ""
            helper = isinstance(found, FunctionType) and module.startswith("infra.local.aws")
            if helper or isinstance(found, tuple | frozenset | dict):
                yield from _named_in(found, seen)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _named_in(value: object, seen: set[int]) -> Iterator[str]:
    if isinstance(value, str):
        if _PATH.fullmatch(value):
            yield from filter(None, _steps(value))
    elif isinstance(value, tuple | frozenset | dict):
        items: Iterable[object] = value
        for item in items:
            yield from _named_in(item, seen)
    else:
        yield from _read_by(value, seen)


def report(*, as_json: bool) -> int:
    """Print the counts of each type and of all; in JSON with the paths. Always 0."""
    found = [coverage_of(TABLE[token]) for token in sorted(TABLE)]
    total = {side: sum(len(getattr(each, side)) for each in found) for side in _SIDES}
    if as_json:
        types = {each.token: {side: getattr(each, side) for side in _SIDES} for each in found}
        totals = {"types": len(found), **total}
        sys.stdout.write(json.dumps({"types": types, "total": totals}, indent=1) + "\n")
        return 0
    width = max(len(each.token) for each in found)
    sys.stdout.write(f"{'type':{width}}  inputs  validated  switches  only recorded\n")
    for each in found:
        counts = [len(getattr(each, side)) for side in _SIDES]
        sys.stdout.write(_line(each.token, width, counts))
    sys.stdout.write(_line(f"{len(found)} types", width, list(total.values())))
    share = 100 * total["validated"] / sum(total.values())
    sys.stdout.write(f"{share:.0f} % are validated; the shape of every input is checked.\n")
    return 0


_SIDES = ("validated", "switches", "recorded")


def _line(name: str, width: int, counts: list[int]) -> str:
    validated, switches, recorded = counts
    return f"{name:{width}}  {sum(counts):6}  {validated:9}  {switches:8}  {recorded:13}\n"
