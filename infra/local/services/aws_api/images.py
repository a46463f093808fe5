"""Machine images that moto gives every EC2 backend, with their snapshots and volumes.

They are 99 % of what an EC2 backend holds and are made anew at each start, so they are kept as
references: writing a security group takes 3 ms instead of 300. A change to one of these images
itself (launch permissions) is not kept; images that a request made are.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

ATTRIBUTES = ("amis", "snapshots", "volumes")

_born: dict[tuple[str, str], list[Any]] = {}
_names: dict[int, tuple[str, str, int]] = {}


def install() -> None:
    """Note what every EC2 backend starts with; once, before the first one is made."""
    backend_class: Any = EC2Backend
    make = backend_class.__init__
    if getattr(make, "notes_images", False):
        return

    def init(backend: Any, region_name: str, account_id: str) -> None:
        make(backend, region_name, account_id)
        objects = [item for attribute in ATTRIBUTES for item in vars(backend)[attribute].values()]
        _born[account_id, region_name] = objects  # holds them, so that their ids stay theirs
        for index, item in enumerate(objects):
            _names[id(item)] = (account_id, region_name, index)

    init.notes_images = True  # type: ignore[attr-defined]
    backend_class.__init__ = init


def name_of(item: object) -> tuple[str, str, int] | None:
    """How to find `item` again in the next process; None when a request made it."""
    return _names.get(id(item))


def find(account: str, region: str, index: int) -> Any:
    """What has that name. The backend must have been made."""
    return _born[account, region][index]
