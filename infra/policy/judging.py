"""Runs controls over a graph and sets what they say against the exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from infra.policy.controls import CONTROLS
from infra.policy.elsewhere import notes_of, owner_elsewhere
from infra.policy.exceptions import Allowance
from infra.policy.graph import Graph
from infra.policy.model import Control, Profile, Violation

UNMARKED = (
    "A60 judged the tags alone, and A34 not deletedWith: an engine gives a policy pack no marks of "
    "secrets and not that option; `gacp policy check --state FILE` judges both"
)


class Verdict(StrEnum):
    """What a control said of a stack; in the order in which people want to read it."""

    FAILED = "failed"
    EXCEPTED = "excepted"  # it would have failed, and every violation is excepted in writing
    PASSED = "passed"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one control said. `why` is the reason where it does not apply."""

    control: Control
    verdict: Verdict
    violations: tuple[Violation, ...] = ()
    excepted: tuple[tuple[Violation, Allowance], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What all controls said. `problems` are exceptions that are over or of no use.

    `notes` say what could not be judged in this graph.
    """

    outcomes: tuple[Outcome, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def violations(self) -> list[Violation]:
        return [violation for outcome in self.outcomes for violation in outcome.violations]

    @property
    def is_clean(self) -> bool:
        return not self.violations and not self.problems

    def of(self, verdict: Verdict) -> list[Outcome]:
        return [each for each in self.outcomes if each.verdict is verdict]


def violations_of(control: Control, graph: Graph, profile: Profile) -> list[Violation]:
    """What a control finds, each once. Nothing where it is not in force or has no subject."""
    if why_not(control, graph, profile):
        return []
    found = (
        Violation(control.id, each.urn, each.message) for each in control.check(graph, profile)
    )
    return list(dict.fromkeys(found))


def why_not(control: Control, graph: Graph, profile: Profile) -> str:
    """Why a control says nothing of the stack; empty where it does."""
    if not control.where.holds_in(profile.environment):
        return f"not in force in {profile.environment}"
    exact = [each for each in control.subjects if not each.endswith("*")]
    prefixes = tuple(each[:-1] for each in control.subjects if each.endswith("*"))
    if graph.of(*exact) or any(each.type.startswith(prefixes) for each in graph.resources):
        return ""
    return owner_elsewhere(control, graph) or "the stack has nothing of the kind"


def judge(
    graph: Graph,
    profile: Profile,
    exceptions: Sequence[Allowance] = (),
    controls: Sequence[Control] = CONTROLS,
) -> Report:
    """All controls over a graph. The order is the controls' own."""
    meant = [each for each in exceptions if each.concerns(profile)]
    valid = [each for each in meant if not each.is_expired(profile.today)]
    outcomes: list[Outcome] = []
    used: set[Allowance] = set()
    for control in controls:
        if why := why_not(control, graph, profile):
            outcomes.append(Outcome(control, Verdict.NOT_APPLICABLE, why=why))
            continue
        outcome = _outcome(control, violations_of(control, graph, profile), valid)
        used |= {allowance for _, allowance in outcome.excepted}
        outcomes.append(outcome)
    notes = (*notes_of(graph), *(() if graph.secrets_marked else (UNMARKED,)))
    return Report(tuple(outcomes), tuple(_problems(meant, used, profile)), notes)


def _outcome(
    control: Control, violations: Sequence[Violation], exceptions: Sequence[Allowance]
) -> Outcome:
    excepted = [(v, e) for v in violations if (e := covering(v, exceptions)) is not None]
    left = tuple(v for v in violations if covering(v, exceptions) is None)
    if not excepted and not left:
        return Outcome(control, Verdict.PASSED)
    return Outcome(control, Verdict.FAILED if left else Verdict.EXCEPTED, left, tuple(excepted))


def covering(violation: Violation, exceptions: Sequence[Allowance]) -> Allowance | None:
    """The first exception that lets the violation off."""
    return next((each for each in exceptions if each.covers(violation)), None)


def _problems(meant: Sequence[Allowance], used: set[Allowance], profile: Profile) -> Iterator[str]:
    for each in meant:
        if each.is_expired(profile.today):
            yield (
                f"{each} ended on {each.until}: put right what it excused, or write down anew why "
                "not and until when (infra/policy/exceptions.toml)"
            )
        elif each not in used:
            yield f"{each} excuses nothing: take it out of infra/policy/exceptions.toml"
