"""Kubernetes versions of EKS and how long each is supported (pure table).

Sources: facts/reliability-security.md of this project's design (end of standard support of 1.33,
1.34 and 1.35, from https://endoflife.date/amazon-eks), and the release calendar of
https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (1.31, 1.32; extended
support ends a year after standard support). A version that is newer than the table is refused until
it has a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

# Version -> (last day of standard support, last day of extended support).
SUPPORT: Mapping[str, tuple[date, date]] = MappingProxyType(
    {
        "1.31": (date(2025, 11, 26), date(2026, 11, 26)),
        "1.32": (date(2026, 3, 23), date(2027, 3, 23)),
        "1.33": (date(2026, 7, 29), date(2027, 7, 29)),
        "1.34": (date(2026, 12, 2), date(2027, 12, 2)),
        "1.35": (date(2027, 3, 27), date(2028, 3, 27)),
    }
)


def standard(on: date) -> tuple[str, ...]:
    """Versions in standard support on a day, oldest first; the newest where none is left."""
    found = tuple(version for version, (end, _) in SUPPORT.items() if on <= end)
    return found or tuple(SUPPORT)[-1:]


def offered(on: date) -> tuple[str, ...]:
    """Versions of which clusters can be made on a day: standard or extended support."""
    found = tuple(version for version, (_, end) in SUPPORT.items() if on <= end)
    return found or tuple(SUPPORT)[-1:]
