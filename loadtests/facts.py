"""What a run measured and what came of it: plain data between generator, check and verdict."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

VERSION = 1


class FactsError(ValueError):
    """A file of facts cannot be used."""


@dataclass(slots=True)
class Endpoint:
    """One endpoint's requests. `times` counts answers by whole milliseconds, rounded up.

    Refusals of a limiter (429, or 503 with Retry-After) are in `refusals` alone: they are fast,
    and would improve the percentiles.
    """

    times: dict[int, int] = field(default_factory=dict[int, int])
    errors: dict[str, int] = field(default_factory=dict[str, int])  # text -> count
    refusals: int = 0

    @property
    def answered(self) -> int:
        return sum(self.times.values())

    @property
    def failed(self) -> int:
        return sum(self.errors.values())

    @property
    def requests(self) -> int:
        """All that were sent: answered includes failed where an answer came."""
        return self.answered + self.refusals

    def percentile(self, share: float) -> int:
        """Milliseconds within which `share` (0 to 1) of the answers came; 0 without answers."""
        return percentile(self.times, share)


def percentile(times: Mapping[int, int], share: float) -> int:
    """The smallest time that at least `share` of the counted ones don't exceed (nearest rank)."""
    wanted, seen = share * sum(times.values()), 0
    for time in sorted(times):
        seen += times[time]
        if seen >= wanted:
            return time
    return 0


def together(endpoints: Iterable[Endpoint]) -> Endpoint:
    """All endpoints as one."""
    whole = Endpoint()
    for endpoint in endpoints:
        whole.refusals += endpoint.refusals
        for time, count in endpoint.times.items():
            whole.times[time] = whole.times.get(time, 0) + count
        for text, count in endpoint.errors.items():
            whole.errors[text] = whole.errors.get(text, 0) + count
    return whole


@dataclass(frozen=True, slots=True)
class Accepted:
    """A write that was answered with 201 or 202. `kind` is application, document or submission."""

    kind: str
    identity: str
    application: str
    owner: str
    marker: str = ""  # of an application: stands in the farm's name, once in the world


@dataclass(slots=True)
class RunFacts:
    """What the generator saw."""

    completed: bool = False  # the time was up; everything else that ends a run aborts it
    users_reached: int = 0
    seconds: float = 0.0  # from the first to the last moment that users were running
    steady_seconds: float = 0.0  # of it, with all users there
    steady_requests: int = 0
    endpoints: dict[str, Endpoint] = field(default_factory=dict[str, Endpoint])
    generator_cpu: list[float] = field(default_factory=list[float])  # percent, one each 5 s
    workers_lost: int = 0
    generator_errors: list[str] = field(default_factory=list[str])  # exceptions in the scenario
    accepted: list[Accepted] = field(default_factory=list[Accepted])
    # Markers of creations without a clear answer: they may be stored or not.
    uncertain: list[str] = field(default_factory=list[str])

    @property
    def rate(self) -> float:
        """Requests a second while all users were there."""
        return self.steady_requests / self.steady_seconds if self.steady_seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the accepted writes, asked after the run; ids or markers of what is wrong."""

    accepted: int
    lost: tuple[str, ...] = ()  # accepted, but not stored
    doubled: tuple[str, ...] = ()  # stored twice
    unexpected: tuple[str, ...] = ()  # stored, but refused or never sent
    unprocessed: tuple[str, ...] = ()  # stored, but no job finished it within the deadline
    waited_seconds: float = 0.0


def write_facts(path: Path, facts: RunFacts) -> None:
    """Write the file in one step: a killed generator leaves none rather than half of one."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"version": VERSION, **asdict(facts)}), encoding="utf-8")
    part.replace(path)


def read_facts(path: Path) -> RunFacts | None:
    """What was written, `None` where nothing was; raises `FactsError` for another version."""
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.pop("version", None) != VERSION:
        raise FactsError(f"{path} was written by another version: run the load test again")
    endpoints = {
        name: Endpoint({int(k): v for k, v in e["times"].items()}, e["errors"], e["refusals"])
        for name, e in content.pop("endpoints").items()
    }
    accepted = [Accepted(**one) for one in content.pop("accepted")]
    return RunFacts(endpoints=endpoints, accepted=accepted, **content)
