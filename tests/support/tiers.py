"""Which tier a test belongs to, and what each tier came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from scripts.lib.tiers import MARKED, TIERS

ORDER = {tier.name: index for index, tier in enumerate(TIERS)}
# Travels with each report, also from another process of pytest-xdist. A report's own keywords
# won't do: they also hold names of folders, such as `services`.
PROPERTY = "tier"
OUTCOMES = ("passed", "failed", "error", "skipped")


def tier_of(item: pytest.Item) -> int:
    """The place of the test's tier in the order of running."""
    marks = {mark.name for mark in item.iter_markers()}
    name = next((tier for tier in MARKED if tier in marks), "unit")
    item.user_properties.append((PROPERTY, name))
    return ORDER[name]


def tier_table(stats: Mapping[str, Sequence[Any]]) -> list[str]:
    """Outcomes and seconds of each tier that ran."""
    counts: dict[str, Counter[str]] = {}
    seconds: Counter[str] = Counter()
    for outcome, reports in stats.items():
        for report in reports:
            name = dict(getattr(report, "user_properties", ())).get(PROPERTY)
            if name is None:
                continue
            if outcome in OUTCOMES:
                counts.setdefault(name, Counter())[outcome] += 1
            seconds[name] += getattr(report, "duration", 0.0)
    return [
        f"tier {name}: "
        + ", ".join(f"{counts[name][o]} {o}" for o in OUTCOMES if counts[name][o])
        + f" ({seconds[name]:.0f} s)"
        for name in ORDER
        if name in counts
    ]
