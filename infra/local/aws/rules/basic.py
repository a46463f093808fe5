"""Rules that many types share: names, choices, ranges, inputs that exclude or need others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.local.aws.codec import UNKNOWN, Properties, Value, at
from infra.local.aws.spec import Failure, Rule, Scope


def known(value: Value) -> bool:
    """Whether there is a value to judge: it is given and not unknown."""
    return value is not None and value != UNKNOWN


def blocks(inputs: Properties, path: str) -> list[Properties]:
    """The objects at `path` that are known: a preview may not know a block or a list yet."""
    return [each for each in at(inputs, path) if isinstance(each, dict)]


def foreseen(inputs: Properties, path: str) -> list[Value]:
    """The values at `path`; one unknown where a block or list on the way is not known yet."""
    words = path.split(".")
    ways = (".".join(words[: end + 1]).removesuffix("[*]") for end in range(len(words)))
    hidden = any(value == UNKNOWN for way in ways for value in at(inputs, way))
    return [UNKNOWN] if hidden else at(inputs, path)


def pattern(path: str, expression: str, says: str, source: str) -> Rule:
    """The text at `path` must match `expression` whole; `says` describes it to a person."""
    compiled = re.compile(expression)

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if isinstance(value, str) and known(value) and not compiled.fullmatch(value):
                yield Failure(_top(path), f"{path}: {value!r} is refused; {says} ({source})")

    return rule


def length(path: str, shortest: int, longest: int, source: str) -> Rule:
    """The text at `path` has between `shortest` and `longest` characters."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if isinstance(value, str) and known(value) and not shortest <= len(value) <= longest:
                yield Failure(
                    _top(path),
                    f"{path}: {len(value)} characters; between {shortest} and {longest} are allowed"
                    f" ({source})",
                )

    return rule


def one_of(path: str, allowed: tuple[Value, ...], source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if known(value) and value not in allowed:
                choices = ", ".join(map(str, allowed))
                yield Failure(_top(path), f"{path}: {value!r} is none of {choices} ({source})")

    return rule


def between(path: str, lowest: float, highest: float, unit: str, source: str) -> Rule:
    """The number at `path`, in `unit`, lies between the two, both allowed."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if isinstance(value, int | float) and not lowest <= value <= highest:
                shown = (
                    f"{path}: {value} {unit} is not between {lowest:g} and {highest:g} ({source})"
                )
                yield Failure(_top(path), shown)

    return rule


def exactly_one(names: tuple[str, ...], source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given = [name for name in names if inputs.get(name) is not None]
        if len(given) != 1:
            shown = ", ".join(given) or "none"
            yield Failure(
                names[0], f"exactly one of {', '.join(names)} is needed, given: {shown} ({source})"
            )

    return rule


def at_most_one(names: tuple[str, ...], source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given = [name for name in names if inputs.get(name) not in (None, False)]
        if len(given) > 1:
            yield Failure(
                given[1], f"{' and '.join(given)} exclude each other; leave one out ({source})"
            )

    return rule


def needs(name: str, other: str, source: str, *, when: tuple[Value, ...] = ()) -> Rule:
    """Where `name` is given (and is one of `when`, if any), `other` must be given too."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        value = inputs.get(name)
        asked = value in when if when else value not in (None, False)
        if asked and inputs.get(other) in (None, "", []):
            shown = f"{name} {value!r}" if when else name
            yield Failure(other, f"{shown} needs {other}, which is not given ({source})")

    return rule


def count(path: str, fewest: int, most: int, source: str) -> Rule:
    """The list at `path` has between `fewest` and `most` elements."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if isinstance(value, list) and not fewest <= len(value) <= most:
                shown = (
                    f"{path}: {len(value)} elements; between {fewest} and {most} are allowed"
                    f" ({source})"
                )
                yield Failure(_top(path), shown)

    return rule


_TAG_SOURCE = (
    "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
)


def tags(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Tag limits: 50 tags, keys to 128 and values to 256 characters, no `aws:` prefix."""
    value = inputs.get("tags")
    if not isinstance(value, dict):
        return
    if len(value) > 50:
        yield Failure("tags", f"tags: {len(value)} tags; a resource takes 50 ({_TAG_SOURCE})")
    for key, text in value.items():
        if key.lower().startswith("aws:"):
            yield Failure(
                "tags", f"tags: {key!r} begins with aws:, which is AWS's own ({_TAG_SOURCE})"
            )
        if not 1 <= len(key) <= 128 or (isinstance(text, str) and known(text) and len(text) > 256):
            shown = f"tags: {key[:40]!r} breaks 128 characters for a key or 256 for a value"
            yield Failure("tags", f"{shown} ({_TAG_SOURCE})")


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]
