"""A run for people and for machines: a table, and JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from loadtests.facts import Endpoint, Outcome, RunFacts, together
from loadtests.thresholds import Profile
from loadtests.verdict import Verdict

HEAD = ("endpoint", "requests", "errors", "refused", "p50 ms", "p95 ms", "p99 ms")
VERSION = 1


def as_text(
    profile: Profile, facts: RunFacts | None, outcome: Outcome | None, verdict: Verdict
) -> str:
    """The table of endpoints, what came of the writes, and the verdict with its reasons."""
    lines: list[str] = []
    if facts is not None:
        lines += _table(facts)
        lines.append(
            f"{facts.rate:.1f} of {profile.target_rate:.1f} requests/s, {facts.users_reached} of "
            f"{profile.users} users, {facts.seconds:.0f} of {profile.seconds:.0f} s, "
            f"generator CPU at most {max(facts.generator_cpu, default=0):.0f} % of a core"
        )
    if outcome is not None:
        lines.append(
            f"{outcome.accepted} writes accepted: {len(outcome.lost)} lost, "
            f"{len(outcome.doubled)} doubled, {len(outcome.unexpected)} unexpected, "
            f"{len(outcome.unprocessed)} unprocessed (asked for {outcome.waited_seconds:.1f} s)"
        )
    lines.append(f"verdict: {verdict.result}")
    lines += [f"  - {reason}" for reason in verdict.reasons]
    return "\n".join(lines)


def _table(facts: RunFacts) -> list[str]:
    rows: list[tuple[str, ...]] = [HEAD]
    whole = together(facts.endpoints.values())
    for name, endpoint in [*sorted(facts.endpoints.items()), ("all requests", whole)]:
        rows.append((name, *map(str, _figures(endpoint))))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _figures(endpoint: Endpoint) -> tuple[int, ...]:
    percentiles = (endpoint.percentile(share) for share in (0.5, 0.95, 0.99))
    return (endpoint.requests, endpoint.failed, endpoint.refusals, *percentiles)


def as_json(
    profile: Profile, facts: RunFacts | None, outcome: Outcome | None, verdict: Verdict
) -> str:
    """Everything that the verdict was made of."""
    return json.dumps(
        {
            "version": VERSION,
            "profile": profile.name,
            "verdict": verdict.result,
            "reasons": verdict.reasons,
            "requestsPerSecond": None if facts is None else round(facts.rate, 2),
            "endpoints": {
                name: dict(zip(HEAD[1:], _figures(endpoint), strict=True))
                for name, endpoint in ({} if facts is None else facts.endpoints).items()
            },
            "outcome": None if outcome is None else asdict(outcome),
        },
        indent=2,
    )
