"""Brings the machine from whatever runs to a release, one container at a time.

The new one is up and healthy before the old one leaves. What is to be done next is decided by
`plan` from what stands there, again after every step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from infra.host.onmachine.commands import LOOK_SECONDS
from infra.host.onmachine.edge import Edge, Version, edge_in
from infra.host.onmachine.edge_exchange import exchange_edge
from infra.host.onmachine.engine import Engine
from infra.host.onmachine.errors import ExchangeError
from infra.host.onmachine.plan import Await, Container, Retire, Serve, Start, Step, next_step
from infra.host.onmachine.release import Slot

MOST_STEPS = 20  # of one slot; the longest way, with leftovers in both colours, has seven
MOST_RESTARTS = 3  # a container that ends this often while it starts will not start


@dataclass
class Done:
    """What an exchange did, for the summary."""

    started: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])
    reloads: int = 0
    cut_off: list[str] = field(default_factory=list[str])
    edge_away_seconds: float = 0.0


@dataclass
class Exchange:
    """One run. `configuration` is nginx's new one, `environment` the machine's own file."""

    engine: Engine
    edge: Edge
    environment: bytes
    configuration: str
    prepare: Callable[[], None]
    say: Callable[[str], None]
    done: Done = field(default_factory=Done)
    _prepared: bool = False

    def run(self) -> Done:
        """Raises `ExchangeError` where a new container does not come into service."""
        self._clear_one_offs()
        nginx = self.edge.container()
        if nginx and not self.edge.is_settled():
            self.say("nginx: takes over what an earlier exchange left")
            self.edge.take_over(nginx)
            self.done.reloads += 1
        if nginx and self.configuration != self.edge.serving().configuration:
            self.edge.check(Version(self.configuration, self.edge.serving().addresses), nginx)
        for slot in self.engine.release.slots:
            self._bring(slot)
        self._configure_edge()
        exchange_edge(self.engine, self.edge, self.done, self.say)
        self._remove_strays()
        return self.done

    def pending(self) -> list[str]:
        """What a run would do, in words; nothing is changed."""
        containers = self.engine.containers()
        release = self.engine.release
        words: list[str] = []
        for slot in release.slots:
            step = next_step(slot, self._revision(slot), containers, self._serving(slot))
            if step:
                words.append(f"exchange {slot.name}")
        if self.configuration != self.edge.serving().configuration or not self.edge.is_settled():
            words.append("configure nginx")
        right = [
            each
            for each in containers
            if (each.slot, each.revision) == (release.edge.name, release.edge.revision)
            and each.is_ready
        ]
        if not right:
            words.append("start nginx")
        known = {release.edge.name, *(slot.name for slot in release.slots)}
        words += [f"remove {each.slot}" for each in containers if each.slot not in known]
        return words

    def _bring(self, slot: Slot) -> None:
        for _ in range(MOST_STEPS):
            containers = self.engine.containers()
            step = next_step(slot, self._revision(slot), containers, self._serving(slot))
            if step is None:
                return
            self._do(slot, step, edge_in(self.engine.release.edge.name, containers))
        raise ExchangeError(
            f"{slot.name} did not settle in {MOST_STEPS} steps: look at `docker ps --all` for "
            "something else that starts and stops containers of gacp"
        )

    def _do(self, slot: Slot, step: Step, nginx: Container | None) -> None:
        match step:
            case Start(colour):
                self._prepare_once()
                self.say(f"{slot.name}: starting {colour}")
                address = slot.addresses.get(colour, "")
                self.engine.start(slot.name, colour, self._revision(slot), address)
                self.done.started.append(slot.name)
            case Await(container):
                self._await(slot, container)
            case Serve(container):
                self.say(f"{slot.name}: nginx sends requests to {container.colour}")
                self._serve(slot, container, nginx)
            case Retire(container):
                self._retire(slot, container, nginx)

    def _prepare_once(self) -> None:
        """First values of secrets and the migration, before anything of the release starts."""
        if not self._prepared:
            self.prepare()
            self._prepared = True

    def _await(self, slot: Slot, container: Container) -> None:
        self.say(f"{slot.name}: waiting until {container.colour} is healthy")
        limit = self.engine.release.health_seconds
        deadline = time.monotonic() + limit
        while True:
            now = next((e for e in self.engine.containers() if e.id == container.id), None)
            if now and now.is_ready:
                return
            reason = _given_up(now)
            if not reason and time.monotonic() >= deadline:
                reason = f"is not healthy within {limit} s"
            if reason:
                break
            time.sleep(LOOK_SECONDS)
        said = self.engine.last_words(container) if now else ""
        left = "nginx still sends requests to it"
        if not slot.upstream or slot.addresses.get(container.colour) not in self._serving(slot):
            self.engine.remove(container)
            self.done.removed.append(slot.name)
            left = "it was taken away, and what served before still serves"
        raise ExchangeError(
            f"{slot.name} ({container.colour}) {reason}; {left}. The end of its log:\n"
            f"{said or '(nothing)'}"
        )

    def _serve(self, slot: Slot, container: Container, nginx: Container | None) -> None:
        before = self.edge.serving()
        own = set(slot.addresses.values())
        kept = [each for each in before.addresses.get(slot.upstream, ()) if each not in own]
        servers = tuple(sorted([*kept, slot.addresses[container.colour]]))
        addresses = {**before.addresses, slot.upstream: servers}
        self._apply(Version(before.configuration or self.configuration, addresses), nginx)

    def _configure_edge(self) -> None:
        """nginx's configuration, and servers of slots that are no more, after all have changed."""
        before = self.edge.serving()
        known = {each for slot in self.engine.release.slots for each in slot.addresses.values()}
        addresses = {
            upstream: tuple(each for each in before.addresses.get(upstream, ()) if each in known)
            for upstream in self.engine.release.edge.servers
        }
        wanted = Version(self.configuration, addresses)
        if wanted != before:
            self.say("nginx: takes over its new configuration")
            self._apply(wanted, self.edge.container())

    def _apply(self, version: Version, nginx: Container | None) -> None:
        self.edge.serve(version, nginx)
        self.done.reloads += 1 if nginx else 0

    def _retire(self, slot: Slot, container: Container, nginx: Container | None) -> None:
        address = slot.addresses.get(container.colour)
        if nginx and address and container.status == "running":
            limit = self.engine.release.drain_seconds
            if not self.edge.drain(nginx, address, slot.port, limit):
                self.say(f"{slot.name}: {container.colour} has streams open after {limit} s")
                self.done.cut_off.append(slot.name)
        self.say(f"{slot.name}: stopping {container.colour}")
        self.engine.stop(container, slot.stop_seconds)
        self.engine.remove(container)
        self.done.removed.append(slot.name)

    def _remove_strays(self) -> None:
        release = self.engine.release
        known = {release.edge.name, *(slot.name for slot in release.slots)}
        longest = max(slot.stop_seconds for slot in release.slots)
        for each in self.engine.containers():
            if each.slot not in known:
                self.say(f"{each.slot}: no part of this release, stopping")
                self.engine.stop(each, longest)
                self.engine.remove(each)
                self.done.removed.append(each.slot)

    def _clear_one_offs(self) -> None:
        for each in self.engine.containers():
            if each.one_off:
                self.engine.remove(each)

    def _serving(self, slot: Slot) -> frozenset[str]:
        served = self.edge.serving().addresses.get(slot.upstream, ())
        return frozenset(served) & frozenset(slot.addresses.values())

    def _revision(self, slot: Slot) -> str:
        return self.engine.release.revision(slot, self.environment)


def _given_up(container: Container | None) -> str:
    if container is None:
        return "is gone"
    if container.health == "unhealthy":
        return "is unhealthy"
    if container.status in ("exited", "dead"):
        return "ended while it started"
    if container.restarts >= MOST_RESTARTS:
        return f"ended {container.restarts} times while it started"
    return ""
