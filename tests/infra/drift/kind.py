"""What a kind of drift is: which resource, what is done to it and how refresh names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

type Outsider = Callable[[Any, Any], None]
"""Changes a resource over the AWS API. Takes a maker of clients by service, and the record."""

GONE = "gone"


@dataclass(frozen=True)
class Kind:
    """`how` is a call of the AWS API on loopback where that holds the resource, else `path=value`
    as the provider's tool `drift` takes it, or `GONE`. `which` is a part of the resource's id or of
    its tag Name. `shows` are the properties that refresh names; none: it says that the resource is
    gone.
    """

    name: str
    token: str
    how: Outsider | tuple[str, ...] | str
    shows: tuple[str, ...] = ()
    which: str = ""
    profile: str = "host"

    @property
    def by_api(self) -> bool:
        return callable(self.how)

    @property
    def found_as(self) -> str:
        return ", ".join(self.shows) or GONE


@dataclass(frozen=True)
class Unseen:
    """What refresh can't find, and who does."""

    name: str
    how: Outsider
    token: str
    reason: str
    which: str = field(default="")
