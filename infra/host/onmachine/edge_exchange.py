"""Another nginx container: its ports belong to one container at a time, so the edge is away for as
long as the old one ends its requests and the new one starts. Only a new image, or new limits of the
container, make that necessary; a new configuration is a reload.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from infra.host.onmachine.commands import wait_until
from infra.host.onmachine.edge import Edge
from infra.host.onmachine.engine import Engine
from infra.host.onmachine.errors import ExchangeError
from infra.host.onmachine.load_check import answers
from infra.host.onmachine.plan import Container
from infra.host.onmachine.release import COLOURS


class Account(Protocol):
    """Where what was done is written down."""

    started: list[str]
    removed: list[str]
    edge_away_seconds: float


def exchange_edge(engine: Engine, edge: Edge, account: Account, say: Callable[[str], None]) -> None:
    """One nginx of the release's revision, running. The old one comes back where it fails.

    Raises `ExchangeError` then.
    """
    mine = [
        each for each in engine.containers() if each.slot == edge.slot.name and not each.one_off
    ]
    right = [
        each for each in mine if each.revision == edge.slot.revision and each.status == "running"
    ]
    if not right:
        mine = _replace(engine, edge, mine, account, say)
        right = [mine[-1]]
    for each in mine:
        if each is not right[0]:
            engine.remove(each)
            account.removed.append(each.slot)


def _replace(
    engine: Engine,
    edge: Edge,
    old: list[Container],
    account: Account,
    say: Callable[[str], None],
) -> list[Container]:
    """Gives back what stands there afterwards, the new one last."""
    edge.check(edge.serving(), None)
    old = _with_a_free_colour(engine, old)
    serving = [each for each in old if each.status == "running"]
    colour = next(name for name in COLOURS if name not in {each.colour for each in old})
    say(f"nginx: starting {colour}{' in the place of the old one' if serving else ''}")
    began = time.monotonic()
    for each in serving:
        engine.stop(each, edge.slot.stop_seconds)
    engine.start(edge.slot.name, colour, edge.slot.revision)
    account.started.append(edge.slot.name)
    domain, port = engine.release.domain, edge.slot.https_port
    limit = engine.release.answer_seconds
    there = wait_until(lambda: answers(domain, port), limit)
    now = [e for e in engine.containers() if e.slot == edge.slot.name and e.colour == colour]
    if not there or not now:
        said = engine.last_words(now[0]) if now else "(it is gone)"
        for each in now:
            engine.remove(each)
        for each in serving:
            engine.start_again(each)
        raise ExchangeError(
            f"the new nginx does not answer on port {port} within {limit} s; the old one "
            f"was started again. The end of its log:\n{said}"
        )
    if serving:
        account.edge_away_seconds = round(time.monotonic() - began, 2)
    return [*old, now[0]]


def _with_a_free_colour(engine: Engine, old: list[Container]) -> list[Container]:
    """Where both are taken, what an exchange that was broken off left is removed."""
    if {each.colour for each in old} < set(COLOURS):
        return old
    kept = max(old, key=lambda each: (each.status == "running", each.created))
    for each in old:
        if each is not kept:
            engine.remove(each)
    return [kept]
