"""The next step of an exchange, from what stands on the machine. Nothing is done here.

Every decision is made anew from the containers and from what nginx serves, so that a program
which was killed between any two steps goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from infra.host.onmachine.release import COLOURS, Slot


@dataclass(frozen=True, slots=True)
class Container:
    """As `docker inspect` tells. `health` is empty where there is no check."""

    id: str
    slot: str
    revision: str
    colour: str
    status: str
    health: str
    restarts: int
    pid: int
    created: str
    address: str = ""
    one_off: bool = False

    @property
    def is_ready(self) -> bool:
        return self.status == "running" and self.health in ("healthy", "")

    @property
    def is_starting(self) -> bool:
        return self.status == "restarting" or (
            self.status == "running" and self.health == "starting"
        )


@dataclass(frozen=True, slots=True)
class Start:
    """A new container, beside the old one if there is one."""

    colour: str


@dataclass(frozen=True, slots=True)
class Await:
    """Until it is healthy, or given up."""

    container: Container


@dataclass(frozen=True, slots=True)
class Serve:
    """nginx sends requests of the slot to this container and to no other."""

    container: Container


@dataclass(frozen=True, slots=True)
class Retire:
    """Its requests end, then it is stopped and removed."""

    container: Container


type Step = Start | Await | Serve | Retire


def next_step(
    slot: Slot, revision: str, containers: Iterable[Container], serving: frozenset[str]
) -> Step | None:
    """What brings the slot nearer to one ready container of `revision`; `None` when it is there.

    `serving` are the addresses that nginx has for the slot. A container leaves only when another
    serves, or when none of the two that stand there is of use.
    """
    mine = [each for each in containers if each.slot == slot.name and not each.one_off]
    fresh = [each for each in mine if each.revision == revision]
    ready = _preferred([each for each in fresh if each.is_ready], slot, serving)
    if ready:
        if slot.upstream and serving != frozenset((address_of(slot, ready),)):
            return Serve(ready)
        others = [each for each in mine if each is not ready]
        return Retire(others[0]) if others else None
    for each in fresh:
        if each.is_starting:
            return Await(each)
    free = [colour for colour in COLOURS if colour not in {each.colour for each in mine}]
    if free:
        return Start(free[0])
    return _make_room(slot, mine, serving)


def address_of(slot: Slot, container: Container) -> str:
    """Where the container answers: fixed by slot and colour, so that restarts don't move it."""
    return slot.addresses.get(container.colour, "")


def _make_room(slot: Slot, mine: list[Container], serving: frozenset[str]) -> Step:
    """Both colours are taken, and neither by what is wanted: the better one stays for now."""
    kept = _preferred([each for each in mine if each.is_ready], slot, serving)
    if kept and slot.upstream and serving != frozenset((address_of(slot, kept),)):
        return Serve(kept)
    kept = kept or _preferred(mine, slot, serving)
    return Retire(next(each for each in mine if each is not kept))


def _preferred(
    containers: list[Container], slot: Slot, serving: frozenset[str]
) -> Container | None:
    """The one that serves already, else the newest."""
    return max(
        containers,
        key=lambda each: (address_of(slot, each) in serving, each.created),
        default=None,
    )
