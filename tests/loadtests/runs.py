"""A run that passes, to be spoilt in one place by each test."""

from __future__ import annotations

from dataclasses import replace

from loadtests.facts import Accepted, Endpoint, Outcome, RunFacts
from loadtests.thresholds import PROFILES

SMOKE = PROFILES["smoke"]


def good_facts() -> RunFacts:
    """Twenty users, a minute, 150 answers of 40 ms at each endpoint."""
    return RunFacts(
        completed=True,
        users_reached=SMOKE.users,
        seconds=60.2,
        steady_seconds=58.0,
        steady_requests=1150,
        endpoints={name: Endpoint({40: 150}) for name in SMOKE.endpoints},
        generator_cpu=[22.0, 31.0],
        accepted=[Accepted("application", "a-1", "a-1", "farmer@x", "load1-0-0")],
    )


def good_outcome(**changes: object) -> Outcome:
    """Everything that was accepted was found once and processed."""
    return replace(Outcome(accepted=1, waited_seconds=1.5), **changes)
