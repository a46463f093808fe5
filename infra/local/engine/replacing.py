"""Replacements that delete first, and what has to go along (`step_generator.go`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.engine.dependents import dependents_to_replace
from infra.local.engine.errors import EngineError
from infra.local.engine.planner import (
    Diff,
    Step,
    delete_first_step,
    with_replace_on_changes,
)
from infra.local.engine.state import Resource

if TYPE_CHECKING:
    from infra.local.engine.comparing import World
    from infra.local.engine.providers import Providers
    from infra.local.engine.values import Properties


def dependents(
    providers: Providers, world: World, root: Resource, settled: set[str]
) -> list[tuple[Resource, list[str]]]:
    """Of the old state, what can't outlive `root`, and the inputs that say so. Each is asked of
    the provider that it has in the old state."""

    def ask(old: Resource, inputs: Properties) -> Diff:
        if old.is_provider:
            answer = providers.diff(old, inputs)
        else:
            plugin = providers.get(old.provider)
            if plugin is None:
                return Diff(False)
            answer = plugin.diff(old, old.urn, inputs, old.ignoreChanges)
        return with_replace_on_changes(answer, old.replaceOnChanges, False)

    return dependents_to_replace(world.base, root, ask, settled)


@dataclass
class Condemned:
    """What was deleted first because of another one: `causes` by URN until the program registers
    it again, `gone` are the entries. Not thread-safe."""

    providers: Providers
    world: World
    causes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    gone: set[Resource] = field(default_factory=set[Resource])

    def before(self, root: Resource, urn: str) -> list[Step]:
        """Deletes of what can't outlive `root`, dependents first. Raises EngineError where one is
        protected."""
        settled = {*self.world.registered, *self.causes}
        found = dependents(self.providers, self.world, root, settled)
        steps: list[Step] = []
        for resource, keys in reversed(found):
            if resource in self.gone:
                continue
            if resource.protect and not resource.delete:
                raise EngineError(_protected(resource.urn, urn))
            steps.append(
                Step("delete", resource.urn, resource, None)
                if resource.delete
                else delete_first_step(resource)
            )
            self.causes[resource.urn] = keys
            self.gone.add(resource)
        return steps

    def rest(self, olds: list[Resource]) -> list[Resource]:
        """Without what is gone and was to be deleted anyway."""
        return [old for old in olds if not (old.delete and old in self.gone)]


def _protected(urn: str, root: str) -> str:
    return (
        f'unable to replace resource "{urn}" as part of replacing "{root}" as it is currently '
        "marked for protection. To unprotect the resource, remove the `protect` flag from the "
        "resource in your Pulumi program and run `pulumi up`, or use the command:\n"
        f"`pulumi state unprotect '{urn}'`"
    )
