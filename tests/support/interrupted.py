"""One stack comes up and goes again, interrupted many times, by the documented commands alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.killing import Blow, interrupt_at, lost, points_of, state_of, world_of
from tests.support.stacks import Engine, copy, stack_configuration, start

YES = ("--yes", "--skip-preview")
RETIRING = {"protect": False, "retiring": True}


@dataclass
class Interrupted:
    """What happened to a stack: rows of (command, point, blow)."""

    engine: Engine
    chance: random.Random
    rows: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def strike(self, times: int, points: int, *words: str) -> None:
        """Interrupts a command up to `times` times, each at a random point of what is left to do
        (`points` in all), and goes on as the documents say.
        """
        for left in range(times, 0, -1):
            blow = self.chance.choice(list(Blow))
            at = self.chance.randint(1, max(points * 2 // (times + 1), 1))
            point = interrupt_at(self.engine, at, blow, *words)
            if point is None:
                return  # it came to its end: there is nothing left to interrupt
            points = max(points - at, 1)
            times = left - 1
            self.rows.append((words[0], point, blow))
            assert lost(self.engine) == []
            self.recover(blow)

    def recover(self, blow: Blow) -> None:
        """infra/local/engine/README.md, "After a kill"; after all else the command is enough."""
        if blow in (Blow.ENGINE, Blow.GROUP):
            self.engine.run("cancel", "--yes")
            self.engine.run("refresh", *YES, "--clear-pending-creates")


def reference(engine: Engine, folder: Path) -> tuple[int, Engine]:
    """Points of an `up` that nobody interrupts, and the stack that it makes."""
    whole = copy(engine, folder)
    return len(points_of(whole, "up", *YES)), whole


def lives(
    folder: Path, stack: str, profile: str, seed: str, points: tuple[int, int]
) -> list[tuple[str, str, str]]:
    """Interrupts `up` and `destroy` so many times; what happened. Fails where anything is lost,
    doubled, left over or not as it would be without.
    """
    config = stack_configuration(stack, profile)
    engine = start(folder / "stack", stack, config)
    count, whole = reference(engine, folder / "whole")
    run = Interrupted(engine, random.Random(f"{seed} {stack} {profile}"))
    _until(run, points[0], lambda times: run.strike(times, count, "up", *YES))
    engine.run("up", *YES)
    engine.run("preview", "--expect-no-changes")
    nothing_lost_or_doubled(engine)
    assert world_of(engine).counts == world_of(whole).counts
    assert world_of(engine).made == world_of(whole).made, "something was made twice"
    engine.configure({**config, "gacp:safety": RETIRING})
    engine.run("up", *YES)
    _until(run, points[0] + points[1], lambda times: run.strike(times, count // 2, "destroy", *YES))
    engine.run("destroy", *YES)
    assert not state_of(engine).resources
    assert world_of(engine).resources == frozenset()
    return run.rows


def _until(run: Interrupted, total: int, strike: Callable[[int], None]) -> None:
    strike(total - len(run.rows))


def nothing_lost_or_doubled(engine: Engine) -> None:
    world, state = world_of(engine), state_of(engine)
    assert world.resources == state.resources
    assert not state.pending
    assert set(state.urns.values()) <= {1}
