"""Carries out steps: has the provider work done, keeps the state, tells what happened."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from infra.local.engine.client import ProviderError
from infra.local.engine.errors import EngineError
from infra.local.engine.failures import StepFailedError
from infra.local.engine.outcome import Counts
from infra.local.engine.state import Resource, now
from infra.local.engine.work import ProtectedError, Work, adopt, mark_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.engine.events import Events
    from infra.local.engine.planner import Step
    from infra.local.engine.providers import Providers
    from infra.local.engine.snapshot import Snapshot


class Executor:
    """Applies single steps; thread-safe."""

    def __init__(
        self,
        providers: Providers,
        snapshot: Snapshot,
        events: Events,
        *,
        dry_run: bool,
        parallel: int,
    ) -> None:
        self._providers = providers
        self._work = Work(providers, dry_run=dry_run, parallel=parallel)
        self._snapshot = snapshot
        self._events = events
        self._dry_run = dry_run
        self._running = 0
        self._idle = threading.Condition()
        self.condemned: set[str] = set()
        """URNs that go: what is `deletedWith` one of them needs no delete of its own."""
        self.counts = Counts()

    def apply(self, step: Step) -> None:
        """Raises StepFailedError after the failure has been told to the listeners."""
        with self._idle:
            self._running += 1
        try:
            self._apply(step)
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def drain(self) -> None:
        """Waits for the steps that run: a provider is never stopped in the middle of its work.

        Each is bound by the deadline of its provider call.
        """
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0)

    def _apply(self, step: Step) -> None:
        self._events.step_started(step, self._dry_run)
        apply: dict[str, Callable[[Step], None]] = {
            "same": self._same,
            "create": self._create,
            "create-replacement": self._create,
            "update": self._update,
            "import": self._import,
            "import-replacement": self._import,
            "replace": _nothing,
            "read": self._read,
            "read-replacement": self._read,
            "delete": self._delete,
            "delete-replaced": self._delete,
            "remove-pending-replace": self._forget,
            "discard": self._forget,
            "discard-replaced": self._forget,
        }
        try:
            apply[step.op](step)
        except (ProviderError, EngineError) as error:
            failure = StepFailedError(step, error)
            if not self._dry_run:
                self._events.step_failed(step, self.counts.total, failure.status)
            raise failure from error
        self._warn_of_secret_id(step)
        if step.logical and (step.op != "read" or _reads_something_new(step)):
            self.counts.add(step.op, step.resource)
        if self._dry_run or step.resource.custom or step.op == "delete":
            self._events.step_ended(step, self._dry_run)

    def _warn_of_secret_id(self, step: Step) -> None:
        if step.op == "replace" or step.new is None:
            return
        if "id" in step.new.additionalSecretOutputs:
            self._events.diagnostic("warning", _ID_STAYS_PLAIN, step.urn)

    # ---- operations

    def _same(self, step: Step) -> None:
        old, new = step.was, step.wanted
        if old is new:  # wanted, not there, and left out: nothing to record
            return
        if new.is_provider and not step.untouched:
            # The provider says that nothing changes: it is not to see the change.
            self._providers.activate(new, old.id, old.inputs)
        new.id, new.outputs = old.id, dict(old.outputs)
        mark_secrets(new)
        new.created, new.modified = old.created, old.modified
        self._keep(None, drop=old, add=new)

    def _create(self, step: Step) -> None:
        new = step.wanted
        replaced = step.old if step.op == "create-replacement" else None
        token = self._begin("creating", new)
        try:
            self._work.make(new)
        except ProviderError as error:
            if error.partial is None:
                self._keep(token)
            else:
                adopt(new, error.partial)
                self._made(token, step, replaced)
            raise
        self._made(token, step, replaced)

    def _made(self, token: int | None, step: Step, replaced: Resource | None) -> None:
        new = step.wanted
        new.created = new.modified = now()
        if replaced is None:
            self._keep(token, add=new)
            return
        replaced.delete = step.old_stays
        if replaced.pendingReplacement:
            self._keep(token, drop=replaced, add=new)
        else:
            self._keep(token, add=new, changed=replaced)

    def _import(self, step: Step) -> None:
        new, replaced = step.wanted, step.old
        token = self._begin("importing", new)
        try:
            self._work.take_over(new)
        except ProviderError:
            self._keep(token)
            raise
        # What is shown as changed by it is nothing: both sides are what was read.
        step.old = new.copy()
        self._made(token, step, replaced)

    def _update(self, step: Step) -> None:
        old, new = step.was, step.wanted
        new.id, new.created = old.id, old.created
        token = self._begin("updating", new)
        try:
            self._work.change(old, new)
        except ProviderError as error:
            if error.partial is None:
                self._keep(token)
            else:
                # The next update starts from the inputs that were in force before this one.
                adopt(new, error.partial)
                self._keep(token, drop=old, add=new.copy(inputs=old.inputs, modified=now()))
            raise
        new.modified = now()
        self._keep(token, drop=old, add=new)

    def _read(self, step: Step) -> None:
        new = step.wanted
        token = self._begin("reading", new)
        try:
            self._work.read(new)
        except ProviderError as error:
            if error.partial is None:
                self._keep(token)
            else:
                self._now_known(token, step)
            raise
        self._now_known(token, step)

    def _now_known(self, token: int | None, step: Step) -> None:
        new, old = step.wanted, step.old
        if old is None:
            self._keep(token, add=new)
            return
        new.created, new.modified = old.created, old.modified
        if (old.inputs, old.outputs) != (new.inputs, new.outputs):
            new.modified = now()
        old.delete = step.old_stays
        self._keep(token, drop=old, add=new)

    def _delete(self, step: Step) -> None:
        old = step.was
        token = self._begin("deleting", old)
        kept = old.retainOnDelete or old.deletedWith in self.condemned
        try:
            if old.protect and step.op == "delete":
                raise ProtectedError(old.urn)
            if old.custom and not old.is_provider and not kept:
                self._work.destroy(old)
        except ProviderError:
            self._keep(token)
            raise
        if step.pending_replace:
            # Until the new one exists, the old entry says that a replacement is under way.
            old.pendingReplacement = True
            self._keep(token, changed=old)
        else:
            self._keep(token, drop=old)

    def _forget(self, step: Step) -> None:
        self._keep(None, drop=step.old)

    # ---- state

    def _begin(self, kind: str, resource: Resource) -> int | None:
        if self._dry_run or not resource.custom or resource.is_provider:
            return None
        return self._snapshot.begin(kind, resource)

    def _keep(
        self,
        token: int | None,
        *,
        drop: Resource | None = None,
        add: Resource | None = None,
        changed: Resource | None = None,
    ) -> None:
        if not self._dry_run:
            self._snapshot.end(token, drop=drop, add=add, changed=changed)


_ID_STAYS_PLAIN = (
    "The 'id' property cannot be made secret. See pulumi/pulumi#2717 for more details.\n"
)


def _reads_something_new(step: Step) -> bool:
    return step.old is not None and step.old.outputs != step.wanted.outputs


def _nothing(_step: Step) -> None:
    """A replace is its creates and deletes."""
