"""One preview or update: takes registrations of the program, plans each, and has it done."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from infra.local.engine import comparing, deletion, planner
from infra.local.engine.client import Failures, ProviderError
from infra.local.engine.comparing import World
from infra.local.engine.errors import EngineError, StoppedError, UnfinishedError
from infra.local.engine.executor import Executor, StepFailedError
from infra.local.engine.outcome import Options, Outcome
from infra.local.engine.planner import Goal, Step
from infra.local.engine.providers import Providers, default_name, package_of
from infra.local.engine.state import PROVIDER_PREFIX, STACK_TYPE, Resource
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
        self._snapshot = snapshot
        self._world = World()
        options.policies.registered = self._world.registered
        self._planning = threading.RLock()
        self._taken: set[Resource] = set()
        self._aliased: dict[str, str] = {}
        self._deleted_first: dict[str, list[str]] = {}
        self._defaults: dict[tuple[str, str], Resource] = {}
        self._stack_outputs: tuple[Resource, Properties] | None = None
        self.rebase()

    def rebase(self) -> None:
        """Takes the snapshot's old resources as the ones to compare with."""
        self._world.base = base = self._snapshot.base()
        self._world.olds = {r.urn: r for r in base if not r.delete}
        self.providers.know(base)

    # ---- registration

    def register(self, goal: Goal) -> Resource:
        """Brings one resource to what the program wants. Raises StoppedError, UnfinishedError."""
        with self._planning:
            self.alive()
            try:
                steps = self._plan(goal)
            except (ProviderError, EngineError) as error:
                raise self.fail(str(error), goal.new.urn) from error
        self._run(steps)
        return goal.new

    def _run(self, steps: list[Step]) -> None:
        for step in steps:
            self.alive()
            try:
                self.executor.apply(step)
            except StepFailedError as error:
                raise self.fail_step(step, error) from error

    def _enter(self, new: Resource, aliases: tuple[str, ...] = ()) -> Resource | None:
        """Notes the registration; gives the old resource that it continues."""
        if new.urn in self._world.registered:
            raise EngineError(f"Duplicate resource URN '{new.urn}'; try giving it a unique name")
        self._world.registered[new.urn] = new
        for urn in (new.urn, *aliases):
            old = self._world.olds.get(urn)
            if old is not None and old not in self._taken:
                if urn != new.urn:
                    self._aliased[new.urn] = urn
                self._taken.add(old)
                return old
        return None

    def aliased_parent(self, urn: str) -> str | None:
        """The URN under which a parent stands in the old state, where it was renamed."""
        return self._aliased.get(urn)

    def _plan(self, goal: Goal) -> list[Step]:
        new = goal.new
        old = self._enter(new, goal.aliases)
        if not new.custom:
            self.judge(goal)
            return planner.component_steps(old, new)
        if not new.is_provider:
            new.provider = self._provider_of(new)
        wanted = new.inputs
        recreated = old is not None and (
            old.external or old.pendingReplacement or new.urn in self._deleted_first
        )
        new.inputs = self._check(new, None if recreated else old, wanted)
        self.judge(goal)
        if self.unfinished.intersection(new.needs()):
            self.unfinished.add(new.urn)
            raise UnfinishedError(f"{new.urn} needs what failed")
        if old is None:
            return planner.create_steps(new)
        if recreated:
            return planner.recreate_steps(old, new, self._deleted_first.get(new.urn, []))
        return self._plan_change(goal, old, wanted)

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
        checked, failures = comparing.check(self.providers, new, old, wanted)
        for name, reason in failures:
            self.fail(as_refusal(new.type, new.name, name, new.inputs, reason), new.urn)
        if failures:
            raise StoppedError("check failed")
        return checked

    def _plan_change(self, goal: Goal, old: Resource, wanted: Properties) -> list[Step]:
        new = goal.new
        diff = comparing.diff(self.providers, self._world, old, new)
        if not diff.changes and not old.initErrors:
            return planner.same_steps(old, new)
        if not diff.replace:
            return planner.update_steps(old, new, diff)
        if old.protect:
            self._refuse_replace(new)
        new.inputs = self._check(new, None, wanted)
        asked = goal.delete_before_replace
        first = diff.delete_before_replace if asked is None else asked
        before: list[Step] = []
        if first:
            before, causes = comparing.deletes_before(self.providers, self._world, old)
            before = [step for step in before if step.urn not in self._deleted_first]
            self._deleted_first = {**causes, **self._deleted_first}
        return before + planner.replace_steps(old, new, diff, first)

    def _refuse_replace(self, new: Resource) -> None:
        """An update ends here; a preview says so, fails, and goes on to show the rest."""
        text = irreplaceable(new.urn)
        if not self.options.dry_run:
            raise EngineError(text)
        self.failed = self.step_failed = True
        self.events.diagnostic("error", f"{text}\n", new.urn)

    # ---- outputs, functions, reads

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """Outputs of a component or the Stack. Raises StoppedError."""
        self.alive()
        resource = self._world.registered.get(urn)
        if resource is None:
            raise self.fail(f"outputs of {urn!r}, which was not registered")
        if resource.type == STACK_TYPE:
            self._stack_outputs = (resource, plain(outputs))
        else:
            self._keep_outputs(resource, plain(outputs))

    def _keep_outputs(self, resource: Resource, outputs: Properties) -> None:
        old = self._world.olds.get(resource.urn)
        resource.outputs = outputs
        if not self.options.dry_run:
            self._snapshot.end(None, changed=resource)
        step = Step("same" if old is not None else "create", resource.urn, old, resource)
        self.events.step_ended(step, self.options.dry_run)

    def finish_outputs(self) -> None:
        """After the program: the stack's outputs count. Where the program failed, those that it
        did not come to stay as they were."""
        if self._stack_outputs is not None:
            resource, outputs = self._stack_outputs
            old = self._world.olds.get(resource.urn)
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
        found = [self._world.registered[urn] for urn in urns if urn in self._world.registered]
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
        self._run([Step("read", new.urn, old, new)])
        return new

    # ---- deletes

    def delete_the_rest(self) -> None:
        """After the program: what it did not register goes, dependents first, in parallel."""
        kept = {r for r in self._taken if not r.delete}
        self.run_deletes(planner.delete_steps(self._snapshot.base(), lambda r: r in kept))

    def run_deletes(self, steps: list[Step]) -> None:
        """Raises StoppedError where a provider that is needed can't be had."""
        for old in deletion.with_provider(steps):
            try:
                self.providers.get(old.provider)
            except (ProviderError, EngineError) as error:
                raise self.fail(str(error), old.urn) from error
        self.executor.condemn({step.urn for step in steps})
        parallel = self.options.parallel
        deletion.run_deletes(steps, self.executor, self.stopping, parallel, self.fail_step)
