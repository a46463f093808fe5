"""Reads every resource anew and takes over what has become of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from infra.local.engine import points
from infra.local.engine.client import ProviderError
from infra.local.engine.errors import EngineError, StoppedError
from infra.local.engine.planner import Diff, Step
from infra.local.engine.state import Resource, now
from infra.local.engine.values import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.engine.client import Plugin
    from infra.local.engine.deployment import Deployment

_INVERSE = {"add": "delete", "delete": "add", "add-replace": "delete", "delete-replace": "add"}


def inverted(diff: Diff) -> Diff:
    """The provider was asked what it takes to go back to the state; the drift is the reverse.
    A drift never replaces."""
    detailed = None
    if diff.detailed is not None:
        detailed = {
            path: {
                **entry,
                "diffKind": _INVERSE.get(
                    entry["diffKind"], entry["diffKind"].removesuffix("-replace")
                ),
            }
            for path, entry in diff.detailed.items()
        }
    return Diff(diff.changes, [], diff.diffs, detailed)


def without(resources: Sequence[Resource], gone: set[str]) -> list[Resource]:
    """The resources, no longer naming those that are gone. A child of a gone one goes up."""
    parents = {r.urn: r.parent for r in resources}
    kept: list[Resource] = []
    for resource in resources:
        if resource.urn in gone and not resource.delete:
            continue
        if gone & set(resource.needs()):
            parent = resource.parent
            while parent in gone:
                parent = parents.get(parent, "")
            resource = resource.copy(
                parent=parent,
                dependencies=[u for u in resource.dependencies if u not in gone],
                propertyDependencies={
                    key: [u for u in urns if u not in gone]
                    for key, urns in resource.propertyDependencies.items()
                },
                deletedWith="" if resource.deletedWith in gone else resource.deletedWith,
            )
        kept.append(resource)
    return kept


def _read(step: Step, plugin: Plugin) -> str:
    """Reads into `step.new`; returns the operation that the drift amounts to."""
    old, new = step.was, step.wanted
    new.initErrors = []
    try:
        ident, inputs, outputs = plugin.read(old.urn, old.id, old.inputs, old.outputs)
    except ProviderError as error:
        if error.partial is None:
            raise
        ident, outputs = error.partial.id, decode(error.partial.properties)
        inputs = decode(error.partial.inputs) if error.partial.HasField("inputs") else None
        new.initErrors = list(error.partial.reasons)
    if not ident:
        step.new = None
        return "delete"
    new.id, new.outputs = ident, outputs
    new.inputs = inputs if inputs is not None else old.inputs
    diff = inverted(plugin.diff(new, old.urn, old.inputs, old.ignoreChanges))
    step.detailed = diff.detailed
    if diff.changes:
        step.diffs = diff.diffs
        new.modified = now()
    return "update" if diff.changes else "same"


def _refresh(deployment: Deployment, old: Resource, alone: bool) -> Resource | None:
    used = {key: urns for key, urns in old.propertyDependencies.items() if urns}
    step = Step("refresh", old.urn, old, old.copy(propertyDependencies=used), logical=False)
    deployment.events.step_started(step, deployment.options.dry_run)
    op = "same"
    if old.custom and not old.is_provider and not deployment.stopping.is_set():
        try:
            plugin = deployment.providers.get(old.provider)
            if plugin is not None:
                points.reach("before read")
                op = _read(step, plugin)
                points.reach("after read")
        except (ProviderError, EngineError) as error:
            deployment.events.step_failed(step, 1)
            deployment.step_failed = True
            raise deployment.fail(str(error), old.urn) from error
    if alone:
        deployment.executor.counts.add(op, old)
    deployment.events.step_ended(step, deployment.options.dry_run, op if alone else "refresh")
    return step.new


def refresh(deployment: Deployment, olds: list[Resource], *, alone: bool) -> list[Resource]:
    """The resources as they now are, in the order of the state. Raises StoppedError.

    Before an update (not `alone`) the drift is no change of its own.
    """
    with ThreadPoolExecutor(min(deployment.options.parallel, 64), "refresh") as pool:
        futures = {
            old: pool.submit(_refresh, deployment, old, alone)
            for old in olds
            if not old.delete and deployment.options.choice.names(old.urn)
        }
    results: list[Resource] = []
    gone: set[str] = set()
    stopped: StoppedError | None = None
    for old in olds:
        if old not in futures:
            results.append(old)
            continue
        error = futures[old].exception()
        if isinstance(error, StoppedError):
            stopped = stopped or error
            results.append(old)
            continue
        read = futures[old].result()
        if read is None:
            gone.add(old.urn)
        else:
            results.append(read)
    if stopped is not None and not results:
        raise stopped
    return without(results, gone)
