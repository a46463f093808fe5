"""A release as the bundle describes it in `release.json`: slots, edge, images, limits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from infra.host.onmachine.errors import MachineError

FILE = "release.json"
COLOURS = ("blue", "green")  # a new container stands beside the old one in the other colour
REVISION_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for a container. `upstream` and `addresses` (by colour) only behind the edge.

    `revision` is of all that the container is made from, but for the machine's own environment.
    """

    name: str
    service: str
    revision: str
    stop_seconds: int
    upstream: str = ""
    port: int = 0
    addresses: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class EdgeSlot:
    """nginx. `servers` has a line for each upstream, with `{address}` to be filled in.

    `folder` holds its configuration, `prefix` is its own; both as the container sees them.
    """

    name: str
    revision: str
    stop_seconds: int
    folder: str
    prefix: str
    https_port: int
    servers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Release:
    """Times in seconds. `user` is the id of the containers' user and group."""

    domain: str
    contact: str
    acme: bool  # an authority gives the certificate; else the machine makes its own
    proves_by_dns: bool  # the authority looks into Route 53: it can't reach the machine
    user: int
    own_server: bool  # not on AWS: no role, so that keys have to be given
    registry: str
    images: tuple[str, ...]
    front_network: str
    front_range: str
    back_network: str
    once: str  # the service that runs once, before the others
    slots: tuple[Slot, ...]
    edge: EdgeSlot
    health_seconds: int
    drain_seconds: int
    answer_seconds: int  # for nginx to answer at all
    load_requests: int  # of the quick check after the start

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    def revision(self, slot: Slot, environment: bytes) -> str:
        """What a container of the slot is made from, the machine's environment included."""
        whole = f"{slot.revision}\n".encode() + environment
        return hashlib.sha256(whole).hexdigest()[:REVISION_DIGITS]


def read_release(folder: Path) -> Release:
    """The release of an unpacked bundle. Raises `MachineError` where it can't be read."""
    try:
        given: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        whole: dict[str, Any] = {
            **given,
            "images": tuple(given["images"]),
            "slots": tuple(Slot(**slot) for slot in given["slots"]),
            "edge": EdgeSlot(**given["edge"]),
        }
        return Release(**whole)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MachineError(
            f"{folder / FILE} is no description of a release ({error!r}): unpack the bundle again"
        ) from error
