"""Which Kubernetes versions EKS offers on a day. A version that is newer than the table of
`infra/cluster/support.py` is refused until it has a line there.
"""

from __future__ import annotations

from datetime import date

from infra.cluster.support import SUPPORT


def standard(on: date) -> tuple[str, ...]:
    """Versions in standard support on a day, oldest first; the newest where none is left."""
    found = tuple(version for version, (end, _) in SUPPORT.items() if on <= end)
    return found or tuple(SUPPORT)[-1:]


def offered(on: date) -> tuple[str, ...]:
    """Versions of which clusters can be made on a day: standard or extended support."""
    found = tuple(version for version, (_, end) in SUPPORT.items() if on <= end)
    return found or tuple(SUPPORT)[-1:]
