"""The provider's day, on which what AWS offers depends (versions of EKS).

`GACP_AWS_DATE=2026-11-25` sets another day than today's, for tests: what they ask for must not stop
being offered when the calendar moves on.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

VARIABLE = "GACP_AWS_DATE"


def today() -> date:
    """The day in UTC. Raises ValueError for a variable that is no date."""
    given = os.environ.get(VARIABLE)
    if not given:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise ValueError(f"{VARIABLE}={given!r} is no date such as 2026-11-25") from error
