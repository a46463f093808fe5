"""Deletes many resources at once, each after what depends on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.engine import planner
from infra.local.engine.failures import StepFailedError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from infra.local.engine.executor import Executor
    from infra.local.engine.planner import Step
    from infra.local.engine.state import Resource
    from infra.local.engine.targets import Selection


@dataclass(frozen=True)
class Removal:
    """What becomes of what the program did not register. `refusals` are (URN, why)."""

    left: list[Step]
    deletes: list[Step]
    refusals: list[tuple[str, str]]


def plan_removal(selection: Selection, allowed: set[str], rest: Sequence[Resource]) -> Removal:
    """Of `rest` what is `allowed` (URNs) goes, the others stay."""
    deletes = planner.delete_steps(rest, lambda old: old.urn not in allowed)
    left = [old for old in rest if old.urn not in allowed and not old.delete]
    return Removal(
        [planner.untouched_step(old) for old in left],
        deletes,
        selection.unasked(step.urn for step in deletes),
    )


def with_provider(steps: list[Step]) -> list[Resource]:
    """Resources whose providers will be asked."""
    olds = [step.was for step in steps if step.op.startswith("delete")]
    return [old for old in olds if old.custom and not old.is_provider]


def run_deletes(
    steps: list[Step],
    executor: Executor,
    stopping: threading.Event,
    parallel: int,
    failed: Callable[[Step, StepFailedError], object],
) -> None:
    """Group after group. What a failed delete needs stays; `failed` decides by `stopping` whether
    the rest goes on."""
    spared: set[str] = set()

    def delete(step: Step) -> None:
        # What waits in the pool can't be called off.
        if stopping.is_set():
            return
        try:
            executor.apply(step)
        except StepFailedError as error:
            failed(step, error)
            spared.update(step.was.needs())

    with ThreadPoolExecutor(min(parallel, 64), "delete") as pool:
        for group in planner.waves(steps):
            stays = [step for step in group if step.urn in spared]
            spared.update(*(step.was.needs() for step in stays))
            list(pool.map(delete, [step for step in group if step not in stays]))
