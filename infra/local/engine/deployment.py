"""One preview or update: takes registrations of the program, plans each, and has it done."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from infra.local.engine import comparing, planner
from infra.local.engine.client import DiffUnavailableError, ProviderError
from infra.local.engine.comparing import World
from infra.local.engine.errors import EngineError, StoppedError, UnfinishedError
from infra.local.engine.executor import Executor
from infra.local.engine.failures import StepFailedError
from infra.local.engine.identities import Identities
from infra.local.engine.importing import (
    import_steps,
    irreplaceable_import,
    taken_over,
    wants_import,
)
from infra.local.engine.outcome import Options, Outcome
from infra.local.engine.outputs import Outputs
from infra.local.engine.planner import Diff, Goal, Step
from infra.local.engine.providers import Providers, default_name, package_of
from infra.local.engine.replacing import Condemned
from infra.local.engine.state import PROVIDER_PREFIX, Resource
from infra.local.engine.targets import Selection
from infra.local.engine.untouched import leave, refusals
from infra.local.engine.values import Properties, as_refusal, has_unknown, plain, reveal
from infra.local.engine.work import irreplaceable

if TYPE_CHECKING:
    from infra.local.engine.answers import Failures
    from infra.local.engine.events import Events
    from infra.local.engine.snapshot import Snapshot

UNASKED = (
    "The provider for this resource has inputs that are not known during preview.\n"
    "This preview may not correctly represent the changes that will be applied during an update."
)


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
        self.identities = Identities(self.world)
        self.world.renamed = self.identities.new_urn
        providers.old_urns = self.identities.old_urn
        self.condemned = Condemned(providers, self.world)
        self.outputs = Outputs(self)
        options.policies.registered = self.world.registered
        self._planning = threading.RLock()
        self._defaults: dict[tuple[str, str], Resource] = {}
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
            self.outputs.expect(step)

    def _plan(self, goal: Goal) -> list[Step]:
        new = goal.new
        old, conflict = self.identities.enter(new, goal.aliases)
        if conflict:
            self.fail(conflict, new.urn)
        if new.custom and not new.is_provider:
            new.provider = self._provider_of(new)
        included = self.selection.includes(new)
        recreating = old is not None and new.urn in self.condemned.causes
        if not included and not recreating:
            return leave(self.selection, self.world, self.identities.taken, old, new)
        imported = None
        if wants_import(old, new):
            steps, imported = import_steps(None if recreating else old, new)
            self.run(steps)
            old = imported
        wanted = new.inputs
        anew = old is None or recreating or old.external or new.urn in self.world.replaces
        if included or old is None:
            new.inputs = self._check(new, None if anew else old, wanted)
        else:
            new.inputs = old.inputs
        self.judge(goal)
        if conflict:
            raise StoppedError(conflict)
        if old is None:
            return self._unless_unfinished(new, planner.create_steps(new))
        if recreating:
            self.executor.condemned.discard(new.urn)
            steps = planner.recreate_steps(old, new, self.condemned.causes.pop(new.urn))
        elif old.external:
            steps = planner.replace_steps(old, new, Diff(True), delete_first=False)
        else:
            steps = self._plan_change(goal, old, wanted)
        return self._unless_unfinished(new, taken_over(imported, new, steps))

    def _unless_unfinished(self, new: Resource, steps: list[Step]) -> list[Step]:
        if self.unfinished.intersection(new.needs()):
            self.unfinished.add(new.urn)
            raise UnfinishedError(f"{new.urn} needs what failed")
        return steps

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
        dry_run = self.options.dry_run
        inputs, failed = comparing.wanted_inputs(new, old, wanted, dry_run)
        if failed:
            text = "cannot ignore changes in added or removed elements of the path: "
            self.events.diagnostic("info", f'{text}"{", ".join(failed)}"\n', new.urn)
        checked, failures = comparing.check(self.providers, new, old, inputs)
        for name, reason in failures:
            self.fail(as_refusal(new.type, new.name, name, new.inputs, reason), new.urn)
        if failures:
            raise StoppedError("check failed")
        return checked

    def _diff(self, old: Resource, new: Resource) -> Diff:
        try:
            diff = comparing.diff(self.providers, self.world, old, new)
        except DiffUnavailableError:
            self.events.diagnostic("warning", f"{UNASKED}\n", new.urn)
            diff = Diff(True)
        return planner.with_replace_on_changes(diff, new.replaceOnChanges, bool(old.initErrors))

    def _plan_change(self, goal: Goal, old: Resource, wanted: Properties) -> list[Step]:
        new = goal.new
        diff = self._diff(old, new)
        if not (diff.changes and diff.replace) and not old.pendingReplacement:
            if diff.changes or old.initErrors:
                return planner.update_steps(old, new, diff)
            return planner.same_steps(old, new)
        if old.protect and new.protect:
            self.refuse(irreplaceable(new.urn), new.urn)
        if new.importID:
            self.warn_or_fail(irreplaceable_import(old, new, diff.replaces), new.urn)
        if new.urn not in self.world.replaces:
            new.inputs = self._check(new, None, wanted)
        asked = goal.delete_before_replace
        first = diff.delete_before_replace if asked is None else asked
        before = self.condemned.before(old, new.urn) if first else []
        self.executor.condemned.update(step.urn for step in before)
        return before + planner.replace_steps(old, new, diff, first)

    # ---- functions, reads

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

    def read(self, new: Resource, aliases: tuple[str, ...] = ()) -> Resource:
        """A resource that somebody else manages (`Resource.get`)."""
        with self._planning:
            self.alive()
            try:
                new.provider = self._provider_of(new)
                old, conflict = self.identities.enter(new, aliases)
            except EngineError as error:
                raise self.fail(str(error), new.urn) from error
        if conflict:
            raise self.fail(conflict, new.urn)
        self.run(planner.read_steps(old, new))
        return new
