"""One preview or update: takes registrations of the program, plans each, and has it done."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from infra.local.engine import comparing, planner
from infra.local.engine.client import Failures, ProviderError
from infra.local.engine.comparing import World
from infra.local.engine.errors import EngineError, StoppedError, UnfinishedError
from infra.local.engine.executor import Executor, StepFailedError
from infra.local.engine.importing import (
    import_steps,
    irreplaceable_import,
    taken_over,
    wants_import,
)
from infra.local.engine.outcome import Options, Outcome
from infra.local.engine.planner import Goal, Step
from infra.local.engine.providers import Providers, default_name, package_of
from infra.local.engine.state import PROVIDER_PREFIX, STACK_TYPE, Resource
from infra.local.engine.targets import Selection
from infra.local.engine.untouched import leave, refusals
from infra.local.engine.values import Properties, as_refusal, has_unknown, plain, reveal
from infra.local.engine.work import irreplaceable

if TYPE_CHECKING:
    from infra.local.engine.events import Events
    from infra.local.engine.snapshot import Snapshot


class Deployment(Outcome):
    """Thread-safe: registrations come in on many threads. Planning is one at a time, as delete
    before replace decides about resources that have not been registered yet."""

    def __init__(
        self,
        names: tuple[str, str],
        snapshot: Snapshot,
        providers: Providers,
        events: Events,
        options: Options,
    ) -> None:
        super().__init__(events, options)
        self.stack, self.project = names
        self.providers = providers
        self.executor = Executor(
            providers, snapshot, events, dry_run=options.dry_run, parallel=options.parallel
        )
        self.snapshot = snapshot
        self.selection = Selection(options.choice)
        self.world = World(replaces=options.choice.replaces)
        options.policies.registered = self.world.registered
        self._planning = threading.RLock()
        self.taken: set[Resource] = set()
        self._aliased: dict[str, str] = {}
        self._deleted_first: dict[str, list[str]] = {}
        self._defaults: dict[tuple[str, str], Resource] = {}
        self._stack_outputs: tuple[Resource, Properties] | None = None
        self.rebase()

    def rebase(self) -> None:
        """Takes the snapshot's old resources as the ones to compare with."""
        self.world.base = base = self.snapshot.base()
        self.world.olds = {r.urn: r for r in base if not r.delete}
        self.providers.know(base)

    # ---- registration

    def register(self, goal: Goal) -> Resource:
        """Brings one resource to what the program wants. Raises StoppedError, UnfinishedError."""
        with self._planning:
            self.alive()
            try:
                made_up = not self.options.dry_run and has_unknown(plain(goal.new.inputs))
                steps = self._plan(goal)
                for urn, text in refusals(self.selection, steps, made_up and goal.new.custom):
                    self.refuse(text, urn)
            except (ProviderError, EngineError) as error:
                raise self.fail(str(error), goal.new.urn) from error
        self.run(steps)
        return goal.new

    def run(self, steps: list[Step]) -> None:
        """Carries steps out, one after the other. Raises StoppedError, UnfinishedError."""
        for step in steps:
            self.alive()
            try:
                self.executor.apply(step)
            except StepFailedError as error:
                raise self.fail_step(step, error) from error

    def _enter(self, new: Resource, aliases: tuple[str, ...] = ()) -> Resource | None:
        """Notes the registration; gives the old resource that it continues."""
        if new.urn in self.world.registered:
            raise EngineError(f"Duplicate resource URN '{new.urn}'; try giving it a unique name")
        self.world.registered[new.urn] = new
        for urn in (new.urn, *aliases):
            old = self.world.olds.get(urn)
            if old is not None and old not in self.taken:
                if urn != new.urn:
                    self._aliased[new.urn] = urn
                self.taken.add(old)
                return old
        return None

    def aliased_parent(self, urn: str) -> str | None:
        """The URN under which a parent stands in the old state, where it was renamed."""
        return self._aliased.get(urn)

    def _plan(self, goal: Goal) -> list[Step]:
        new = goal.new
        old = self._enter(new, goal.aliases)
        if new.custom and not new.is_provider:
            new.provider = self._provider_of(new)
        if not self.selection.includes(new) and new.urn not in self._deleted_first:
            return leave(self.selection, self.world, self.taken, old, new)
        if not new.custom:
            self.judge(goal)
            return planner.component_steps(old, new)
        imported = None
        if wants_import(old, new):
            steps, imported = import_steps(old, new)
            self.run(steps)
            old = imported
        wanted = new.inputs
        recreated = old is not None and (
            old.external or old.pendingReplacement or new.urn in self._deleted_first
        )
        anew = recreated or new.urn in self.world.replaces
        new.inputs = self._check(new, None if anew else old, wanted)
        self.judge(goal)
        if self.unfinished.intersection(new.needs()):
            self.unfinished.add(new.urn)
            raise UnfinishedError(f"{new.urn} needs what failed")
        if old is None:
            return planner.create_steps(new)
        if recreated:
            return planner.recreate_steps(old, new, self._deleted_first.get(new.urn, []))
        steps = self._plan_change(goal, old, wanted)
        return taken_over(imported, new, steps)

    def _provider_of(self, new: Resource) -> str:
        version = new.rest.pop("version", "")
        return new.provider or self.default_provider(package_of(new.type), version)

    def default_provider(self, package: str, version: str) -> str:
        """The reference of the provider that serves resources without one of their own."""
        with self._planning:
            key = (package, version)
            if key not in self._defaults:
                kind = PROVIDER_PREFIX + package
                urn = planner.make_urn(self.stack, self.project, "", kind, default_name(version))
                inputs = self.providers.default_inputs(package, version)
                self._defaults[key] = self.register(Goal(Resource(urn, kind, inputs=inputs)))
            return self._defaults[key].reference

    def _check(self, new: Resource, old: Resource | None, wanted: Properties) -> Properties:
        """Refusals of the provider end the deployment."""
        unknowns = self.options.dry_run
        checked, failures = comparing.check(self.providers, new, old, wanted, unknowns)
        for name, reason in failures:
            self.fail(as_refusal(new.type, new.name, name, new.inputs, reason), new.urn)
        if failures:
            raise StoppedError("check failed")
        return checked

    def _plan_change(self, goal: Goal, old: Resource, wanted: Properties) -> list[Step]:
        new = goal.new
        diff = comparing.diff(self.providers, self.world, old, new)
        if not diff.changes and not old.initErrors:
            return planner.same_steps(old, new)
        if not diff.replace:
            return planner.update_steps(old, new, diff)
        if old.protect and new.protect:
            self.refuse(irreplaceable(new.urn), new.urn)
        if new.importID:
            self.warn_or_fail(irreplaceable_import(old, new, diff.replaces), new.urn)
        if new.urn not in self.world.replaces:
            new.inputs = self._check(new, None, wanted)
        asked = goal.delete_before_replace
        first = diff.delete_before_replace if asked is None else asked
        before: list[Step] = []
        if first:
            before, causes = comparing.deletes_before(self.providers, self.world, old)
            before = [step for step in before if step.urn not in self._deleted_first]
            self._deleted_first = {**causes, **self._deleted_first}
        return before + planner.replace_steps(old, new, diff, first)

    # ---- outputs, functions, reads

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """Outputs of a component or the Stack. Raises StoppedError."""
        self.alive()
        resource = self.world.registered.get(urn)
        if resource is None:
            raise self.fail(f"outputs of {urn!r}, which was not registered")
        if resource.type == STACK_TYPE:
            self._stack_outputs = (resource, plain(outputs))
        else:
            self._keep_outputs(resource, plain(outputs))

    def _keep_outputs(self, resource: Resource, outputs: Properties) -> None:
        old = self.world.olds.get(resource.urn)
        resource.outputs = outputs
        if not self.options.dry_run:
            self.snapshot.end(None, changed=resource)
        step = Step("same" if old is not None else "create", resource.urn, old, resource)
        self.events.step_ended(step, self.options.dry_run)

    def finish_outputs(self) -> None:
        """After the program: the stack's outputs count. Where the program failed, those that it
        did not come to stay as they were."""
        if self._stack_outputs is not None:
            resource, outputs = self._stack_outputs
            old = self.world.olds.get(resource.urn)
            kept = old.outputs if self.failed and old is not None else {}
            self._keep_outputs(resource, {**kept, **outputs})

    def invoke(
        self, token: str, args: Properties, provider: str, version: str
    ) -> tuple[Properties | None, Failures]:
        """A function of a provider; None where the answer is not known yet."""
        self.alive()
        reference = provider or self.default_provider(package_of(token), version)
        plugin = self.providers.get(reference)
        if plugin is None:
            return {}, []
        args = plain(args)
        if has_unknown(args):
            return None, []
        return plugin.invoke(token, reveal(args), self.options.dry_run)

    def is_pending(self, urns: list[str]) -> bool:
        """In a preview: does one of these have no id yet?"""
        found = [self.world.registered[urn] for urn in urns if urn in self.world.registered]
        return any(r.custom and not r.id for r in found)

    def read(self, new: Resource) -> Resource:
        """A resource that somebody else manages (`Resource.get`)."""
        with self._planning:
            self.alive()
            try:
                new.provider = self._provider_of(new)
                old = self._enter(new)
            except EngineError as error:
                raise self.fail(str(error), new.urn) from error
        self.run([Step("read", new.urn, old, new)])
        return new
