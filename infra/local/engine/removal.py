"""After the program, and for `destroy`: what was not registered goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine import deletion, replacing
from infra.local.engine.client import ProviderError
from infra.local.engine.errors import EngineError, StoppedError
from infra.local.engine.targets import Urns, closure

if TYPE_CHECKING:
    from infra.local.engine.deployment import Deployment
    from infra.local.engine.planner import Step


def all_there(deployment: Deployment, urns: Urns) -> bool:
    """Whether each URN that a flag names is in the state or the program; what isn't is told."""
    world = deployment.world
    missing = urns.missing([*(old.urn for old in world.base), *world.registered])
    for text in missing:
        deployment.events.diagnostic("error", f"{text}\n")
        deployment.failed = True
    return not missing


def remove_the_rest(deployment: Deployment) -> None:
    """Dependents first, in parallel. Raises StoppedError where that can't be."""
    all_there(deployment, deployment.options.choice.targets)
    try:
        allowed = _allowed(deployment)
    except (ProviderError, EngineError) as error:
        raise deployment.fail(str(error)) from error
    kept = {r for r in deployment.identities.taken if not r.delete}
    rest = [old for old in deployment.world.base if old not in kept]
    rest = deployment.condemned.rest(rest)
    plan = deletion.plan_removal(deployment.selection, allowed, rest)
    for urn, text in plan.refusals:
        deployment.complain(text, urn)
    if plan.refusals and not deployment.options.dry_run:
        raise StoppedError("deletes that no flag asked for")
    deployment.run(plan.left)
    spared = _needed_by_failed(deployment)
    _run_deletes(deployment, [step for step in plan.deletes if step.urn not in spared])


def _allowed(deployment: Deployment) -> set[str]:
    """URNs that may go: of the targets also what can't outlive them, which providers are asked."""
    world = deployment.world
    allowed = deployment.selection.may_delete(world.base)
    if deployment.options.choice.targets:
        settled = {*world.registered, *deployment.condemned.causes}
        for old in [old for old in world.base if old.urn in allowed]:
            found = replacing.dependents(deployment.providers, world, old, settled)
            allowed.update(resource.urn for resource, _ in found)
    return allowed


def _needed_by_failed(deployment: Deployment) -> set[str]:
    """What steps need that failed before, and were gone past: it stays."""
    failed = [step.was.urn for step in deployment.failed_steps if step.old is not None]
    return closure(deployment.world.base, Urns(failed), needs=True) if failed else set()


def _run_deletes(deployment: Deployment, steps: list[Step]) -> None:
    for old in deletion.with_provider(steps):
        try:
            deployment.providers.get(old.provider)
        except (ProviderError, EngineError) as error:
            raise deployment.fail(str(error), old.urn) from error
    deployment.executor.condemned.update(step.urn for step in steps)
    deletion.run_deletes(
        steps,
        deployment.executor,
        deployment.stopping,
        deployment.options.parallel,
        deployment.fail_step,
    )
