"""What nginx serves: its configuration and servers, exchanged as one, tested, and taken over.

A version is a folder named by its content; `serving` is a link to one. The folder before it goes
only after nginx has taken the new one over, so that two folders mean an exchange that was broken
off.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.host.onmachine.commands import point, wait_until, write
from infra.host.onmachine.engine import Engine
from infra.host.onmachine.errors import ExchangeError
from infra.host.onmachine.places import Places
from infra.host.onmachine.plan import Container
from infra.host.onmachine.release import EdgeSlot
from infra.host.onmachine.sockets import open_connections

CONFIGURATION, ADDRESSES = "nginx.conf", "addresses.json"
# nginx takes an upstream without a server for an error; this one answers 502 instead.
NOBODY = "server 127.0.0.1:1 down;"
TAKE_OVER_SECONDS = 15
WORKER, LEAVING = "nginx: worker process", "is shutting down"


@dataclass(frozen=True, slots=True)
class Version:
    """A configuration and, for each upstream, the addresses behind it."""

    configuration: str
    addresses: Mapping[str, tuple[str, ...]]

    def files(self, slot: EdgeSlot) -> dict[str, str]:
        """Every file by name, as nginx and the next exchange read them."""
        lines = {
            f"{upstream}.servers": "\n".join(
                [line.format(address=each) for each in self.addresses.get(upstream, ())] or [NOBODY]
            )
            + "\n"
            for upstream, line in slot.servers.items()
        }
        return {
            **lines,
            CONFIGURATION: self.configuration,
            ADDRESSES: json.dumps({k: list(v) for k, v in self.addresses.items()}) + "\n",
        }


def name_of(files: Mapping[str, str]) -> str:
    whole = json.dumps(dict(files), sort_keys=True).encode()
    return hashlib.sha256(whole).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Edge:
    """nginx on this machine."""

    engine: Engine
    slot: EdgeSlot
    places: Places

    def serving(self) -> Version:
        """What the link points at; nothing before the first start."""
        folder = self._folder / "serving"
        if not (folder / ADDRESSES).exists():
            return Version("", {})
        told = json.loads((folder / ADDRESSES).read_text(encoding="utf-8"))
        return Version(
            (folder / CONFIGURATION).read_text(encoding="utf-8"),
            {name: tuple(addresses) for name, addresses in told.items()},
        )

    def container(self) -> Container | None:
        """The nginx that runs, of whatever release."""
        return edge_in(self.slot.name, self.engine.containers())

    def check(self, version: Version, container: Container | None) -> None:
        """What nginx itself says to a version. Raises `ExchangeError` where it refuses it.

        Asks the running container, else one that is made for it.
        """
        candidate = self._folder / "candidate"
        _write(candidate, version.files(self.slot))
        words = self._words(f"{self.slot.folder}/candidate/{CONFIGURATION}")
        if container:
            code, said = self.engine.inside(container, ["nginx", "-t", "-q", *words])
        else:
            code, said = self.engine.try_once(self.slot.name, ["-t", "-q", *words])
        shutil.rmtree(candidate)
        if code:
            raise ExchangeError(f"nginx refuses its new configuration: {said}")

    def serve(self, version: Version, container: Container | None) -> None:
        """Test a version, point at it, and have nginx take it over; back where it doesn't."""
        if container:
            self.check(version, container)
        before = self._link_target()
        point(self._folder / "serving", f"versions/{self._keep(version)}")
        try:
            self.take_over(container)
        except ExchangeError:
            if before:
                point(self._folder / "serving", before)
            raise

    def is_settled(self) -> bool:
        """Whether nginx has surely taken over what the link points at."""
        versions = self._folder / "versions"
        return not versions.exists() or len(list(versions.iterdir())) <= 1

    def take_over(self, container: Container | None) -> None:
        """Reload, and wait until no worker of before takes new requests; then tidy up.

        Requests at work, and streams, go on in the old workers.
        """
        if container:
            before = self._workers(container)
            self.engine.signal(container, "HUP")
            taken = wait_until(lambda: self._has_new_workers(container, before), TAKE_OVER_SECONDS)
            if not taken:
                raise ExchangeError(
                    f"nginx did not take its configuration over within {TAKE_OVER_SECONDS} s: "
                    f"{self.engine.last_words(container, 3)}"
                )
        kept = self._link_target().rpartition("/")[2]
        for each in (self._folder / "versions").iterdir():
            if each.name != kept:
                shutil.rmtree(each)

    def drain(self, container: Container, address: str, port: int, seconds: float) -> bool:
        """Wait until nginx has no connection with an address; whether that was in time.

        Workers of before close theirs as their requests end, and no new one is opened.
        """
        return wait_until(lambda: not open_connections(container.pid, address, port), seconds)

    @property
    def _folder(self) -> Path:
        return self.places.at(self.slot.folder)

    def _words(self, configuration: str) -> list[str]:
        return ["-p", f"{self.slot.prefix}/", "-c", configuration, "-e", "stderr"]

    def _link_target(self) -> str:
        link = self._folder / "serving"
        return str(link.readlink()) if link.is_symlink() else ""

    def _keep(self, version: Version) -> str:
        """The folder of a version, written if it isn't there."""
        files = version.files(self.slot)
        name = name_of(files)
        _write(self._folder / "versions" / name, files)
        return name

    def _workers(self, container: Container) -> set[int]:
        """Process ids of the workers that take new requests."""
        return {
            pid
            for pid, line in self.engine.processes(container)
            if line.startswith(WORKER) and LEAVING not in line
        }

    def _has_new_workers(self, container: Container, before: set[int]) -> bool:
        now = self._workers(container)
        return bool(now) and not now & before


def edge_in(name: str, containers: Iterable[Container]) -> Container | None:
    """The nginx that runs among all containers."""
    running = (
        each
        for each in containers
        if each.slot == name and each.status == "running" and not each.one_off
    )
    return next(running, None)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        write(folder / name, text.encode(), 0o644)
