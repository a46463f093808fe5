"""PASS, FAIL or INVALID: a pure judgement over what a run measured and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from loadtests.facts import Outcome, RunFacts, together
from loadtests.thresholds import Profile

SHOWN = 3  # examples of ids in one sentence


class Result(StrEnum):
    """What a run says about the platform."""

    PASS = "PASS"  # noqa: S105 — a verdict
    FAIL = "FAIL"  # the platform missed a limit, or lost or doubled something
    INVALID = "INVALID"  # the run says nothing: it was not the run that was asked for


# 0 to 4 are the codes of every `gacp` command; an invalid run needs one of its own, since a
# pipeline repeats it, whereas it stops at a failed one.
EXIT_CODES = {Result.PASS: 0, Result.FAIL: 1, Result.INVALID: 5}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result with every reason, those of an invalid run first."""

    result: Result
    invalid: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        return (*self.invalid, *self.failed)


def judge(
    profile: Profile, facts: RunFacts | None, outcome: Outcome | None, generator_exit: int
) -> Verdict:
    """Judge one run.

    `facts` is None where the generator left none, `outcome` None where nobody could ask what
    became of the writes, `generator_exit` the generator's exit code (negative: a signal's number).
    A reason that makes a run invalid outweighs limits that were kept or missed.
    """
    invalid = tuple(_generator_reasons(facts, generator_exit))
    failed: tuple[str, ...] = ()
    if facts is not None:
        invalid += tuple(_run_reasons(profile, facts))
        failed = tuple(_limit_reasons(profile, facts))
    if outcome is None:
        invalid += ("what became of the accepted writes is unknown",)
    else:
        failed += tuple(_outcome_reasons(outcome))
    result = Result.INVALID if invalid else Result.FAIL if failed else Result.PASS
    return Verdict(result, invalid, failed)


def _generator_reasons(facts: RunFacts | None, generator_exit: int) -> Iterator[str]:
    if generator_exit < 0:
        yield f"the generator was killed by signal {-generator_exit}"
    elif generator_exit > 0:
        yield f"the generator ended with exit code {generator_exit}"
    if facts is None:
        yield "the generator left no result"
        return
    if facts.workers_lost:
        yield f"{facts.workers_lost} generator processes were lost during the run"
    for error in facts.generator_errors[:SHOWN]:
        yield f"the scenario itself broke: {error}"


def _run_reasons(profile: Profile, facts: RunFacts) -> Iterator[str]:
    limits, whole = profile.limits, together(facts.endpoints.values())
    if whole.requests == 0:
        yield "there were no requests"
        return
    if facts.users_reached < profile.users:
        yield f"{facts.users_reached} of {profile.users} users were reached"
    if not facts.completed:
        yield f"the run was ended after {facts.seconds:.0f} of {profile.seconds:.0f} s"
    if facts.rate < limits.share_of_target_rate * profile.target_rate:
        yield (
            f"{facts.rate:.1f} requests/s were sent, the target is {profile.target_rate:.1f} "
            f"(at least {limits.share_of_target_rate:.0%} of it)"
        )
    busiest = max(facts.generator_cpu, default=None)
    if busiest is None:
        yield "the generator's CPU was never measured"
    elif busiest > limits.generator_cpu_percent:
        yield (
            f"the generator was saturated: {busiest:.0f} % of a core, "
            f"at most {limits.generator_cpu_percent:.0f} %"
        )
    if whole.refusals > limits.refusals:
        yield f"{whole.refusals} requests were refused by a limiter, at most {limits.refusals}"
    for name in profile.endpoints:
        seen = facts.endpoints[name].answered if name in facts.endpoints else 0
        if seen < profile.least_samples:
            yield f"{name!r} has {seen} answers, at least {profile.least_samples} say something"


def _limit_reasons(profile: Profile, facts: RunFacts) -> Iterator[str]:
    limits, whole = profile.limits, together(facts.endpoints.values())
    if whole.failed > limits.errors:
        worst = max(whole.errors.items(), key=lambda item: item[1])
        yield f"{whole.failed} errors, at most {limits.errors}; most often: {worst[0]}"
    for name, endpoint in {"all requests": whole, **facts.endpoints}.items():
        limit = limits.endpoint_p95_ms.get(name, limits.p95_ms)
        if endpoint.answered and endpoint.percentile(0.95) >= limit:
            yield f"p95 of {name} is {endpoint.percentile(0.95)} ms, the limit is {limit:.0f} ms"


def _outcome_reasons(outcome: Outcome) -> Iterator[str]:
    for what, identities in (
        ("accepted but not stored", outcome.lost),
        ("stored twice", outcome.doubled),
        ("stored but never accepted", outcome.unexpected),
        (f"accepted but not processed after {outcome.waited_seconds:.0f} s", outcome.unprocessed),
    ):
        if identities:
            more = ", …" if len(identities) > SHOWN else ""
            yield f"{len(identities)} {what}: {', '.join(identities[:SHOWN])}{more}"
