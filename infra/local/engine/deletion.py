"""Deletes many resources at once, each after what depends on it."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.engine import planner
from infra.local.engine.executor import StepFailedError

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


def plan_removal(
    selection: Selection, olds: Sequence[Resource], rest: Sequence[Resource]
) -> Removal:
    """Of `rest` what the selection allows goes, the others stay; `olds` is the whole old state."""
    allowed = selection.may_delete(olds)
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
    """What a failed delete needs stays; `failed` decides by `stopping` whether the rest goes on."""
    waits = planner.blockers(steps)
    running: dict[Future[None], int] = {}
    limit = min(parallel, 64)
    with ThreadPoolExecutor(limit, "delete") as pool:
        while True:
            ready = [] if stopping.is_set() else [i for i, before in waits.items() if not before]
            # No more than can run: what waits in the pool could not be called off.
            for index in ready[: limit - len(running)]:
                del waits[index]
                running[pool.submit(executor.apply, steps[index])] = index
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                index = running.pop(future)
                error = future.exception()
                if isinstance(error, StepFailedError):
                    failed(steps[index], error)
                    continue
                future.result()
                for before in waits.values():
                    before.discard(index)
