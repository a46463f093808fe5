"""After the program, and for `destroy`: what was not registered goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine import deletion
from infra.local.engine.client import ProviderError
from infra.local.engine.errors import EngineError, StoppedError

if TYPE_CHECKING:
    from infra.local.engine.deployment import Deployment
    from infra.local.engine.planner import Step
    from infra.local.engine.targets import Urns


def all_there(deployment: Deployment, urns: Urns) -> bool:
    """Whether each URN that a flag names is in the state or the program; what isn't is told."""
    world = deployment.world
    missing = urns.missing([*world.olds, *world.registered])
    for text in missing:
        deployment.events.diagnostic("error", f"{text}\n")
        deployment.failed = True
    return not missing


def remove_the_rest(deployment: Deployment) -> None:
    """Dependents first, in parallel. Raises StoppedError where that can't be."""
    all_there(deployment, deployment.options.choice.targets)
    kept = {r for r in deployment.taken if not r.delete}
    rest = [old for old in deployment.snapshot.base() if old not in kept]
    plan = deletion.plan_removal(deployment.selection, deployment.world.base, rest)
    for urn, text in plan.refusals:
        deployment.complain(text, urn)
    if plan.refusals and not deployment.options.dry_run:
        raise StoppedError("deletes that no flag asked for")
    deployment.run(plan.left)
    _run_deletes(deployment, plan.deletes)


def _run_deletes(deployment: Deployment, steps: list[Step]) -> None:
    for old in deletion.with_provider(steps):
        try:
            deployment.providers.get(old.provider)
        except (ProviderError, EngineError) as error:
            raise deployment.fail(str(error), old.urn) from error
    deployment.executor.condemn({step.urn for step in steps})
    deletion.run_deletes(
        steps,
        deployment.executor,
        deployment.stopping,
        deployment.options.parallel,
        deployment.fail_step,
    )
