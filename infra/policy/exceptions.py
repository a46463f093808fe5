"""Written exceptions: who lets which resource off which control, why, and until when."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from infra.config.choices import ComputeProfile, Environment
from infra.policy.model import Profile, Violation

FILE = Path(__file__).with_name("exceptions.toml")
SHORTEST_REASON = 20  # "for now" is none


class ExceptionsError(ValueError):
    """The file of exceptions can't be used; every reason at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"  - {problem}" for problem in problems))


@dataclass(frozen=True, slots=True)
class Allowance:
    """One exception. `resource` is a pattern of `Type::name`, such as `LaunchTemplate::host`.

    It holds in `environments`, and where `compute` names compute profiles only in these; through
    the day `until`.
    """

    control: str
    resource: str
    environments: tuple[str, ...]
    compute: tuple[str, ...]
    reason: str
    until: date
    owner: str

    def concerns(self, profile: Profile) -> bool:
        """Whether it is meant for such a stack at all."""
        in_compute = not self.compute or profile.compute in self.compute
        return str(profile.environment) in self.environments and in_compute

    def covers(self, violation: Violation) -> bool:
        type_, _, name = violation.urn.rpartition("::")
        short = f"{type_.rpartition(':')[2]}::{name}"
        return violation.control == self.control and fnmatchcase(short, self.resource)

    def is_expired(self, today: date) -> bool:
        return today > self.until

    def __str__(self) -> str:
        return f"the exception of {self.control} for {self.resource} ({self.owner})"


def read_exceptions(path: Path, known: Sequence[str]) -> tuple[Allowance, ...]:
    """The file's exceptions. `known` are the ids of controls. Raises `ExceptionsError`."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ExceptionsError([f"{path}: {error}"]) from error
    problems = [f"{path.name}: unknown table {name!r}" for name in document if name != "exception"]
    read: list[Allowance] = []
    for number, entry in enumerate(document.get("exception", []), 1):
        found = _problems(cast("Mapping[str, Any]", entry), known)
        problems += [f"{path.name}, exception {number}: {problem}" for problem in found]
        if not found:
            read.append(_allowance(cast("Mapping[str, Any]", entry)))
    if problems:
        raise ExceptionsError(problems)
    return tuple(read)


_TEXTS = ("control", "resource", "reason", "owner")
_LISTS = {"environments": tuple(Environment), "compute": tuple(ComputeProfile)}
_KEYS = (*_TEXTS, *_LISTS, "until")


def _problems(entry: Mapping[str, Any], known: Sequence[str]) -> list[str]:
    found = [f"unknown key {key!r}{_near(key, _KEYS)}" for key in entry if key not in _KEYS]
    found += [
        f"{key} is {entry.get(key)!r}: it must be a text"
        for key in _TEXTS
        if not isinstance(entry.get(key), str) or not entry[key].strip()
    ]
    control, reason, until = entry.get("control"), entry.get("reason"), entry.get("until")
    if isinstance(control, str) and control not in known:
        found.append(f"control is {control!r}: there is no such control{_near(control, known)}")
    if isinstance(reason, str) and len(reason.strip()) < SHORTEST_REASON:
        found.append(f"reason is {reason!r}: say in a sentence why, and what holds instead")
    if not isinstance(until, date) or isinstance(until, datetime):
        found.append(f"until is {until!r}: it must be a date without quotes, such as 2027-03-31")
    if not entry.get("environments"):
        found.append("environments is not given: name those it is meant for")
    for key, allowed in _LISTS.items():
        found += [
            f"{key} holds {value!r}: it may hold {', '.join(allowed)}"
            for value in entry.get(key, [])
            if value not in allowed
        ]
    return found


def _near(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.3)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def _allowance(entry: Mapping[str, Any]) -> Allowance:
    return Allowance(
        **{key: entry[key].strip() for key in _TEXTS},
        environments=tuple(entry["environments"]),
        compute=tuple(entry.get("compute", ())),
        until=entry["until"],
    )
