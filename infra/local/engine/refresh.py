"""Reads every resource anew and takes over what has become of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from infra.local.engine import planner, points
from infra.local.engine.client import ProviderError
from infra.local.engine.errors import EngineError, StoppedError
from infra.local.engine.failures import StepFailedError
from infra.local.engine.planner import Diff, Step
from infra.local.engine.state import Resource, now
from infra.local.engine.work import mark_secrets, partial_read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.local.engine.client import Plugin
    from infra.local.engine.deployment import Deployment
    from infra.local.engine.planner import DetailedDiff

_INVERSE = {"add": "delete", "delete": "add"}


def inverted(diff: Diff) -> Diff:
    """The provider was asked what it takes to go back to the state; the drift is the reverse."""
    if diff.detailed is None:
        return diff
    detailed: DetailedDiff = {}
    for path, entry in diff.detailed.items():
        kind, dash, more = str(entry["diffKind"]).partition("-")
        detailed[path] = {**entry, "diffKind": f"{_INVERSE.get(kind, kind)}{dash}{more}"}
    return Diff(diff.changes, diff.replaces, diff.diffs, detailed)


def rebuilt(olds: Sequence[Resource], read: Mapping[Resource, Resource | None]) -> list[Resource]:
    """The state after a refresh, in its order: what is gone (None) is left out, and no longer named
    by others. A child of a gone one goes up."""
    there: set[str] = set()
    kept: list[Resource] = []
    for old in olds:
        resource = read.get(old, old)
        if resource is None:
            continue
        kept.append(resource)
        resource.dependencies = [u for u in resource.dependencies if u in there]
        known = {
            key: [u for u in urns if u in there]
            for key, urns in resource.propertyDependencies.items()
        }
        resource.propertyDependencies = {key: urns for key, urns in known.items() if urns}
        if resource.deletedWith not in there:
            resource.deletedWith = ""
        there.add(resource.urn)
    gone = {old.urn: old.parent for old in olds if old.urn not in there}
    for resource in kept:
        while resource.parent in gone:
            resource.parent = gone[resource.parent]
    return kept


def _read(step: Step, plugin: Plugin, deployment: Deployment) -> str:
    """Reads into `step.new`; returns the operation that the drift amounts to."""
    old, new = step.was, step.wanted
    new.initErrors = []
    try:
        ident, inputs, outputs = plugin.read(old.urn, old.id, old.inputs, old.outputs)
    except ProviderError as error:
        if error.partial is None:
            raise
        ident, inputs, outputs = partial_read(error.partial)
        new.initErrors = list(error.partial.reasons)
        text = "\n* ".join(["Refreshed resource is in an unhealthy state:", *new.initErrors])
        deployment.events.diagnostic("warning", f"{text}\n", old.urn)
    if not ident:
        step.new = None
        return "delete"
    new.id, new.outputs = ident, outputs
    new.inputs = inputs if inputs is not None else old.inputs
    if (new.inputs, new.outputs) != (old.inputs, old.outputs):
        new.modified = now()
    if old.external:  # nobody wants it otherwise
        changes = new.outputs != old.outputs
    else:
        diff = plugin.diff(new, old.urn, old.inputs, old.ignoreChanges)
        if diff.changes is None:
            diff = planner.structural_diff(new.inputs, old.inputs)
        diff = inverted(diff)
        step.detailed, step.diffs, changes = diff.detailed, diff.diffs, diff.changes
    mark_secrets(new)
    return "update" if changes else "same"


def _refresh(deployment: Deployment, old: Resource, alone: bool) -> Resource | None:
    """Raises StepFailedError after the failure has been told to the listeners."""
    planning = deployment.options.dry_run
    step = Step("refresh", old.urn, old, old.copy(), logical=False)
    deployment.events.step_started(step, planning)
    op = "same"
    if old.custom and not old.is_provider and not old.pendingReplacement:
        try:
            plugin = deployment.providers.get(old.provider)
            if plugin is not None:
                points.reach("before read")
                op = _read(step, plugin, deployment)
                points.reach("after read")
        except (ProviderError, EngineError) as error:
            failure = StepFailedError(step, error)
            if not planning:
                counted = deployment.executor.counts.total
                deployment.events.step_failed(step, counted, failure.status)
            deployment.complain(f"{'Preview failed: ' if planning else ''}{failure}", old.urn)
            raise failure from error
    if alone:
        deployment.executor.counts.add(op, old)
    deployment.events.step_ended(step, planning, op if alone else "refresh")
    return step.new


def refresh(deployment: Deployment, olds: list[Resource], *, alone: bool) -> list[Resource]:
    """The resources as they now are, in the order of the state. One that can't be read stays as it
    is, and fails the command.

    Before an update (not `alone`) the drift is no change of its own.
    """
    with ThreadPoolExecutor(min(deployment.options.parallel, 64), "refresh") as pool:
        futures = {
            old: pool.submit(_unless_stopped, deployment, old, alone)
            for old in deployment.options.choice.to_refresh(olds)
        }
    read: dict[Resource, Resource | None] = {}
    for old, future in futures.items():
        if not isinstance(future.exception(), (StepFailedError, StoppedError)):
            read[old] = future.result()
    return rebuilt(olds, read)


def _unless_stopped(deployment: Deployment, old: Resource, alone: bool) -> Resource | None:
    deployment.alive()
    return _refresh(deployment, old, alone)
