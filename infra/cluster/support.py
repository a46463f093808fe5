"""Kubernetes versions of EKS and how long each is supported (pure table).

Ends of standard support: https://endoflife.date/amazon-eks, read in November 2026, and the release
calendar of https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html; extended
support ends a year later and costs six times as much. A version that is newer than the table is
one whose end nobody has looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple


class Support(NamedTuple):
    """Last days of standard and of extended support."""

    standard: date
    extended: date


SUPPORT: Mapping[str, Support] = MappingProxyType(
    {
        "1.31": Support(date(2025, 11, 26), date(2026, 11, 26)),
        "1.32": Support(date(2026, 3, 23), date(2027, 3, 23)),
        "1.33": Support(date(2026, 7, 29), date(2027, 7, 29)),
        "1.34": Support(date(2026, 12, 2), date(2027, 12, 2)),
        "1.35": Support(date(2027, 3, 27), date(2028, 3, 27)),
    }
)
