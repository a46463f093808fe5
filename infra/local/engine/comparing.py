"""Asks providers whether what the program wants differs from what there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.engine import planner
from infra.local.engine.client import DiffUnavailableError
from infra.local.engine.paths import ignore_changes
from infra.local.engine.planner import Diff
from infra.local.engine.state import Resource
from infra.local.engine.targets import Urns
from infra.local.engine.values import Properties, known, plain

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
    renamed: dict[str, str] = field(default_factory=dict[str, str])
    """New URNs by old ones."""


def wanted_inputs(
    new: Resource, old: Resource | None, wanted: Properties, preview: bool
) -> tuple[Properties, list[str]]:
    """What is to be checked, and paths of ignoreChanges that could not be kept. Without `old` the
    resource is made anew."""
    inputs = plain(wanted) if preview else known(plain(wanted))
    if old is None or not new.custom:
        return inputs, []
    return ignore_changes(new.ignoreChanges, old.inputs, inputs)


def check(
    providers: Providers, new: Resource, old: Resource | None, inputs: Properties
) -> tuple[Properties, Failures]:
    """The provider's Check: inputs with defaults, and its refusals."""
    olds = old.inputs if old else {}
    if not new.custom:
        return inputs, []
    if new.is_provider:
        return providers.check(new.urn, new.type, olds, inputs)
    plugin = providers.get(new.provider)
    return (inputs, []) if plugin is None else plugin.check(new.urn, olds, inputs)


def diff(providers: Providers, world: World, old: Resource, new: Resource) -> Diff:
    """What has to happen to bring `old` to `new`. Raises DiffUnavailableError."""
    if new.urn in world.replaces:
        return Diff(True, ["id"])
    if provider_changed(providers, world, old, new):
        return Diff(True, ["provider"])
    if not new.custom:
        return Diff(old.inputs != new.inputs)
    if new.is_provider:
        return providers.diff(old, new.inputs, new.urn, new.ignoreChanges)
    plugin = providers.get(new.provider)
    if plugin is None:
        raise DiffUnavailableError
    answer = plugin.diff(old, new.urn, new.inputs, new.ignoreChanges)
    return planner.structural_diff(old.inputs, new.inputs) if answer.changes is None else answer


def provider_changed(providers: Providers, world: World, old: Resource, new: Resource) -> bool:
    """Another provider means another resource only where it says so itself: the new one is asked
    about the old one's configuration."""
    if old.provider == new.provider:
        return False
    if not old.provider or not new.provider:  # a component became a resource, or the reverse
        return True
    old_urn = old.provider.rpartition("::")[0]
    new_urn = new.provider.rpartition("::")[0]
    if world.renamed.get(old_urn) == new_urn:
        return False
    before = world.olds.get(old_urn)
    return before is not None and providers.instead_of(before, world.registered[new_urn]).replace
