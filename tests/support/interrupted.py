"""One stack comes up and goes again, interrupted many times, by the documented commands alone."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.killing import Blow, interrupt_at, lost, points_of, state_of, world_of
from tests.support.stacks import Engine, copy, stack_configuration, start

YES = ("--yes", "--skip-preview")
# An `up` of the smallest stack has more.
FEW_POINTS = 400
RETIRING = {"protect": False, "retain": False, "retiring": True}

type Row = tuple[str, str, str]


@dataclass
class Interrupted:
    """What happened to a stack: rows of (command, point, blow)."""

    engine: Engine
    chance: random.Random
    rows: list[Row] = field(default_factory=list[Row])

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
            self.is_known(blow)
            self.recover(blow)

    def is_known(self, blow: Blow) -> None:
        """What exists is in the state. A provider that ends in the middle of a create has told
        nobody what it made; it knows itself, and the next create gives that.
        """
        left = lost(self.engine)
        if blow is Blow.PROVIDER:
            mine = world_of(self.engine).unfinished
            left = [key for key in left if key not in mine]
        assert left == [], f"lost after {blow}: {left}"

    def recover(self, blow: Blow) -> None:
        """infra/local/engine/README.md, "After a kill"; after all else the command is enough."""
        if blow in (Blow.ENGINE, Blow.GROUP):
            self.engine.run("cancel", "--yes")
            self.engine.run("refresh", *YES, "--clear-pending-creates")


def reference(engine: Engine, folder: Path) -> tuple[int, Engine]:
    """Points of an `up` that nobody interrupts, and the stack that it makes."""
    whole = copy(engine, folder)
    return len(points_of(whole, "up", *YES)), whole


def lives(folder: Path, stack: str, profile: str, seed: str, points: int) -> list[Row]:
    """Interrupts `up` and `destroy` so many times in all; what happened. Fails where anything is
    lost, doubled, left over or not as it would be without.
    """
    config = stack_configuration(stack, profile)
    engine = start(folder / "stack", stack, config)
    count, whole = reference(engine, folder / "whole")
    run = Interrupted(engine, random.Random(f"{seed} {stack} {profile}"))
    run.strike(points * 6 // 10, count, "up", *YES)
    came_up_whole(engine)
    assert world_of(engine).counts == world_of(whole).counts
    assert world_of(engine).made == world_of(whole).made, "something was made twice"
    engine.configure({**config, "gacp:safety": RETIRING})
    engine.run("up", *YES)
    run.strike(points - len(run.rows), count // 2, "destroy", *YES)
    engine.run("destroy", *YES)
    assert not state_of(engine).resources
    assert world_of(engine).resources == frozenset()
    return run.rows


def comes_up(folder: Path, stack: str, profile: str, seed: str) -> list[Row]:
    """Interrupts an `up` once."""
    engine = start(folder, stack, stack_configuration(stack, profile))
    run = Interrupted(engine, random.Random(f"{seed} {stack} {profile}"))
    run.strike(1, FEW_POINTS, "up", *YES)
    came_up_whole(engine)
    world = world_of(engine)
    assert world.made == len(world.resources), "something was made twice"
    return run.rows


def came_up_whole(engine: Engine) -> None:
    engine.run("up", *YES)
    engine.run("preview", "--expect-no-changes")
    world, state = world_of(engine), state_of(engine)
    assert world.resources == state.resources
    assert not state.pending
    assert set(state.urns.values()) <= {1}
