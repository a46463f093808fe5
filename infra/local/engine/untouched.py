"""Steps for what --target or --exclude leave as it is (`step_generator.go`, untargeted same)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.errors import EngineError
from infra.local.engine.planner import Step, skipped_step, untouched_step

UNKNOWN_INPUT = "an input is unknown in an update: the program must not make up unknowns"

if TYPE_CHECKING:
    from infra.local.engine.comparing import World
    from infra.local.engine.state import Resource
    from infra.local.engine.targets import Selection


def leave(
    selection: Selection, world: World, taken: set[Resource], old: Resource | None, new: Resource
) -> list[Step]:
    """A registration that the operation isn't about: it stays as it is, or stays a wish."""
    if old is None:
        selection.skip(new.urn)
        return [skipped_step(new)]
    steps = _needed(world, taken, old)
    world.registered[old.urn] = new
    return [*steps, untouched_step(old, new)]


def _needed(world: World, taken: set[Resource], old: Resource) -> list[Step]:
    """What the old one needs and the program no longer has: nobody else would keep it, and it
    must stand before its dependents in the state. Needs come first."""
    reference = old.provider.rpartition("::")[0]
    if reference and reference not in world.registered:
        raise EngineError(
            f"provider {old.provider} for resource {old.urn} has not been registered yet, this is "
            "due to a change of providers mixed with --target. Change your program back to the "
            "original providers"
        )
    steps: list[Step] = []
    for urn in old.needs():
        need = world.olds.get(urn)
        if urn in world.registered or need is None or need in taken:
            continue
        steps += _needed(world, taken, need)
        step = untouched_step(need)
        taken.add(need)
        world.registered[urn] = step.wanted
        steps.append(step)
    return steps


def refusals(selection: Selection, steps: list[Step], made_up: bool) -> list[tuple[str, str]]:
    """(URN, why) for steps that need what is left out, or (`made_up`) an unknown in an update."""
    doing = [step for step in steps if step.new is not None and not step.untouched]
    missed = [(s.urn, text) for s in doing for text in selection.missed_needs(s.wanted)]
    return missed or [(step.urn, UNKNOWN_INPUT) for step in doing if made_up]
