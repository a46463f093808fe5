"""Asks providers whether what the program wants differs from what there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.engine import planner
from infra.local.engine.dependents import dependents_to_replace
from infra.local.engine.paths import ignore_changes
from infra.local.engine.planner import Diff, Step
from infra.local.engine.state import Resource
from infra.local.engine.targets import Urns
from infra.local.engine.values import Properties, known, plain, reveal

if TYPE_CHECKING:
    from infra.local.engine.client import Failures
    from infra.local.engine.providers import Providers


@dataclass
class World:
    """The old state, and what the program has registered so far."""

    base: list[Resource] = field(default_factory=list[Resource])
    olds: dict[str, Resource] = field(default_factory=dict[str, Resource])
    registered: dict[str, Resource] = field(default_factory=dict[str, Resource])
    replaces: Urns = field(default_factory=Urns)
    """What --replace names."""

    def current_provider(self, reference: str) -> str:
        """The provider that stands under an old reference's URN now."""
        current = self.registered.get(reference.rpartition("::")[0])
        return current.reference if current is not None else reference


def check(
    providers: Providers, new: Resource, old: Resource | None, wanted: Properties, preview: bool
) -> tuple[Properties, Failures]:
    """The provider's Check: inputs with defaults, and its refusals. Without `old` the resource is
    made anew."""
    inputs = plain(wanted) if preview else known(plain(wanted))
    olds = old.inputs if old else {}
    if old is not None:
        inputs = ignore_changes(new.ignoreChanges, olds, inputs)
    if new.is_provider:
        return providers.check(new.urn, new.type, olds, inputs)
    plugin = providers.get(new.provider)
    return (inputs, []) if plugin is None else plugin.check(new.urn, olds, inputs)


def diff(providers: Providers, world: World, old: Resource, new: Resource) -> Diff:
    """What has to happen to bring `old` to `new`."""
    if new.urn in world.replaces:
        return Diff(True, ["id"])
    if new.is_provider:
        return providers.diff(old, new.inputs)
    if provider_changed(world, old, new):
        return Diff(True, ["provider"])
    plugin = providers.get(new.provider)
    if plugin is None:
        return planner.structural_diff(old.inputs, new.inputs)
    answer = plugin.diff(old, new.urn, new.inputs, new.ignoreChanges)
    if answer.changes is None:
        answer = planner.structural_diff(old.inputs, new.inputs)
    return planner.with_replace_on_changes(answer, new.replaceOnChanges)


def provider_changed(world: World, old: Resource, new: Resource) -> bool:
    """Another provider means another resource only where its configuration differs."""
    if old.provider == new.provider:
        return False
    old_urn = old.provider.rpartition("::")[0]
    new_urn = new.provider.rpartition("::")[0]
    before = world.olds.get(old_urn)
    current = world.registered.get(new_urn) or world.olds.get(new_urn)
    if before is None or current is None:
        return False
    if old_urn == new_urn:
        return True
    if before.is_default_provider and current.is_default_provider:
        return False
    return _settings(before) != _settings(current)


def _settings(provider: Resource) -> Properties:
    own = ("__internal", "version")
    return {key: reveal(value) for key, value in provider.inputs.items() if key not in own}


def deletes_before(
    providers: Providers, world: World, root: Resource
) -> tuple[list[Step], dict[str, list[str]]]:
    """Deletes of what can't outlive `root`, dependents first, and by URN the inputs that say so.

    Each comes back when the program registers it.
    """

    def ask(old: Resource, inputs: Properties) -> Diff:
        plugin = providers.get(world.current_provider(old.provider))
        return Diff(False) if plugin is None else plugin.diff(old, old.urn, inputs, [])

    steps: list[Step] = []
    causes: dict[str, list[str]] = {}
    rest = [r for r in world.base if not r.delete]
    for resource, keys in reversed(dependents_to_replace(rest, root, ask)):
        if resource.urn not in world.registered and not resource.pendingReplacement:
            causes[resource.urn] = keys
            step = Step("delete-replaced", resource.urn, resource, None, logical=False)
            step.pending_replace = True
            steps.append(step)
    return steps, causes
