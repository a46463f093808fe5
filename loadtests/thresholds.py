"""Load profiles as data: who, how long, how fast, and what must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


class ProfileError(ValueError):
    """A profile cannot be run as asked; the text names the value, the rule and the way out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run must keep, and what makes it count at all.

    `p95_ms` (requirements L2) holds for all requests together and for each endpoint alone, unless
    `endpoint_p95_ms` names the endpoint. Errors are counted without a limiter's refusals.
    """

    p95_ms: float
    errors: int = 0
    endpoint_p95_ms: Mapping[str, float] = field(default_factory=dict[str, float])
    # Below these the run says nothing (INVALID), however good its figures look.
    share_of_target_rate: float = 0.9
    samples_per_minute: int = 10  # of each endpoint
    generator_cpu_percent: float = 90.0  # of one core: locust runs on one
    refusals: int = 0  # answers of a limiter: wanted only where a profile tests the limiter


@dataclass(frozen=True, slots=True)
class Profile:
    """One scenario. `rate` is requests a second of each user; `endpoints` must all be asked.

    `queue_rate` (jobs a second) is the slowest that the queue may work off what was accepted.
    """

    name: str
    users: int
    seconds: float
    rate: float
    spawn_rate: float
    endpoints: tuple[str, ...]
    limits: Limits
    queue_rate: float = 2.0

    @property
    def target_rate(self) -> float:
        """Requests a second of all users together."""
        return self.users * self.rate

    @property
    def least_samples(self) -> int:
        """Requests that each endpoint must have had at the least."""
        return max(1, round(self.limits.samples_per_minute * self.seconds / 60))

    def shortened(self, users: int | None, seconds: float | None) -> Profile:
        """The same with fewer users or less time; raises `ProfileError` for what isn't positive."""
        for name, value in (("users", users), ("seconds", seconds)):
            if value is not None and value <= 0:
                raise ProfileError(f"{name} is {value}: a run needs more than 0")
        return replace(self, users=users or self.users, seconds=seconds or self.seconds)


SMOKE_ENDPOINTS = (
    "health",
    "list applications",
    "application",
    "create application",
    "upload document",
    "submit application",
    "quality-check status",
    "verify certificate",
)

# The edge lets 100 requests a second of one address through (requirements I7); all users of one
# machine share an address, so a profile that stays below half of it is never refused.
PROFILES: Mapping[str, Profile] = {
    "smoke": Profile(
        name="smoke",
        users=20,
        seconds=60,
        rate=1.0,
        spawn_rate=10,
        endpoints=SMOKE_ENDPOINTS,
        limits=Limits(p95_ms=200),
    ),
}


def profile_named(name: str) -> Profile:
    """The profile; raises `ProfileError` naming the known ones."""
    if name not in PROFILES:
        raise ProfileError(f"no load profile {name!r}: there is {', '.join(PROFILES)}")
    return PROFILES[name]
