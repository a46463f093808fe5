"""What the provider for AWS asks of AWS for each type that the program registers.

Four moments of a resource: to read it (preview with refresh, drift), to make, change and remove
it. Names of actions are those of the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/), against which a test holds
them. Which of them the provider calls is from knowledge of it (`internal/service` of
hashicorp/terraform-provider-aws), and was never tried on an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """Actions of one type, with their service: `ec2:CreateVpc`."""

    read: tuple[str, ...] = ()
    make: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def writes(self) -> tuple[str, ...]:
        return (*self.make, *self.change, *self.remove)


def needs(
    service: str, *, read: str = "", make: str = "", change: str = "", remove: str = ""
) -> Needs:
    """Actions as words apart; a word with a colon is another service's."""

    def of_service(words: str) -> tuple[str, ...]:
        return tuple(w if ":" in w else f"{service}:{w}" for w in words.split())

    return Needs(*map(of_service, (read, make, change, remove)))


def all_of(tables: Mapping[str, Needs], moment: str) -> tuple[str, ...]:
    """Every action of a moment (`read`, `make`, `change`, `remove`, `writes`), once, in order."""
    named: set[str] = set()
    for each in tables.values():
        named.update(getattr(each, moment))
    return tuple(sorted(named))
