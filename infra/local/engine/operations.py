"""preview, up, refresh, destroy."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from infra.local.engine import planner
from infra.local.engine.display import Display
from infra.local.engine.errors import EngineError
from infra.local.engine.events import EventLog
from infra.local.engine.interrupts import CANCELLED
from infra.local.engine.phase import Phase
from infra.local.engine.project import qualify
from infra.local.engine.session import open_session
from infra.local.engine.state import STACK_TYPE
from infra.local.engine.store import Keeper

if TYPE_CHECKING:
    from infra.local.engine.arguments import Arguments
    from infra.local.engine.snapshot import Snapshot

_PENDING = (
    "Attempting to deploy or update resources with {count} pending operations from previous "
    "deployment.\n{lines}\nThese resources are in an unknown state because the Pulumi CLI was "
    "interrupted while waiting for changes to these resources to complete. You should confirm "
    "whether or not the operations listed completed successfully by checking the state of the "
    "appropriate provider. For example, if you are using AWS, you can confirm using the AWS "
    "Console.\n\nOnce you have confirmed the status of the interrupted operations, you can repair "
    "your stack using `pulumi refresh` which will refresh the state from the provider you are "
    "using and clear the pending operations if there are any.\n\nNote that `pulumi refresh` will "
    "need to be run interactively to clear pending CREATE operations.\n"
)


class Operation:
    """A command: the preview that comes first, the question, the update, the record of it."""

    def __init__(self, kind: str, arguments: Arguments) -> None:
        self.kind = kind
        self.arguments = arguments
        self.session = open_session(arguments)
        project = self.session.project
        self.overrides: dict[str, Any] = {}
        for pair in arguments.many("config"):
            key, equals, value = pair.partition("=")
            if not equals:
                raise EngineError(f"--config {pair!r} must be KEY=VALUE")
            self.overrides[qualify(key, project)] = value
        self.session.deployment  # noqa: B018 - an unknown stack is refused first

    def _display(self, phase: Phase) -> None:
        names = (self.session.stack, self.session.project.name)
        root = planner.make_urn(*names, "", STACK_TYPE, f"{names[1]}-{names[0]}")
        if self.arguments.on("json"):
            return
        shown = {
            "reads": self.arguments.on("show-reads"),
            "urns": self.arguments.on("urns"),
            "sames": self.arguments.on("show-sames"),
            "replacements": self.arguments.on("show-replacement-steps"),
            "no-outputs": self.arguments.on("suppress-outputs"),
        }
        colour = self.arguments.text("color") or ("auto" if sys.stdout.isatty() else "never")
        display = Display(
            _write,
            self.kind,
            self.session.stack,
            root,
            planning=phase.dry_run,
            colour=colour in ("always", "auto") and sys.stdout.isatty(),
            diff=self.arguments.on("diff"),
            show=frozenset(name for name, on in shown.items() if on),
        )
        phase.events.listen(display)

    def _phase(self, dry_run: bool, log: bool, keeper: Keeper | None) -> Phase:
        phase = Phase(self.session, self.arguments, self.kind, dry_run)
        self._display(phase)
        document: Any = None
        if self.arguments.on("json"):
            from infra.local.engine.digest import Digest

            document = Digest(self.arguments.on("show-sames"))
            phase.events.listen(document)
        with contextlib.ExitStack() as stack:
            name = self.arguments.text("event-log")
            if name and log:
                file = stack.enter_context(open(name, "a", encoding="utf-8"))  # noqa: PTH123
                phase.events.listen(EventLog(file))
            snapshot = self.session.snapshot(keeper)
            if keeper is not None:
                self._warn_of_pending(phase, snapshot)
            phase.run(snapshot, self.overrides)
            if keeper is not None:
                keeper.write(snapshot)
                snapshot.check()
        if document is not None:
            document.print()
        return phase

    def _warn_of_pending(self, phase: Phase, snapshot: Snapshot) -> None:
        pending = snapshot.pending_operations()
        if not pending:
            return
        if self.kind != "refresh":
            lines = "".join(f"  * {urn}, interrupted while {kind}\n" for kind, urn in pending)
            text = _PENDING.format(count=len(pending), lines=lines)
            phase.events.diagnostic("warning", text)
        keep = not self.arguments.on("clear-pending-creates")
        snapshot.clear_pending(lambda kind: keep and kind == "creating")

    def preview(self) -> int:
        phase = self._phase(dry_run=True, log=True, keeper=None)
        if phase.failed:
            return _status(phase)
        if self._unexpected(phase):
            _error(f"no changes were expected for {self.kind_word} but changes were proposed")
            return 7
        return 0

    @property
    def kind_word(self) -> str:
        return "preview" if self.kind == "update" else self.kind

    def _unexpected(self, phase: Phase) -> bool:
        changed = any(op != "same" and count for op, count in phase.changes.items())
        return self.arguments.on("expect-no-changes") and changed

    def update(self) -> int:
        """The update itself, after a preview and a yes where the flags want them."""
        sure = self.arguments.on("yes") or self.arguments.on("skip-preview")
        if not sure and (self.arguments.on("non-interactive") or not sys.stdin.isatty()):
            raise EngineError(
                "--yes or --skip-preview must be passed in to proceed when running in "
                "non-interactive mode",
                2,
            )
        if not self.arguments.on("skip-preview"):
            phase = self._phase(dry_run=True, log=False, keeper=None)
            if phase.failed:
                return _status(phase)
            if not self.arguments.on("yes") and not _confirmed(self.kind):
                raise EngineError(f"confirmation declined, not proceeding with the {self.kind}", 2)
        with self.session.locked():
            return self._locked_update()

    def _locked_update(self) -> int:
        keeper = Keeper(self.session.backend, self.session.stack)
        started = int(time.time())
        phase = self._phase(dry_run=False, log=True, keeper=keeper)
        self._record(phase, started)
        if phase.failed:
            return _status(phase)
        if self._unexpected(phase):
            _error("no changes were expected but changes occurred")
            return 7
        if self.kind == "destroy":
            _write(
                "The resources in the stack have been deleted, but the history and configuration "
                "associated with the stack are still maintained.\nIf you want to remove the stack "
                f"completely, run `pulumi stack rm {self.session.stack}`.\n"
            )
        return 0

    def _record(self, phase: Phase, started: int) -> None:
        from infra.local.engine.environment import describe

        self.session.backend.add_history(
            self.session.stack,
            {
                "kind": self.kind,
                "startTime": started,
                "message": self.arguments.text("message"),
                "environment": describe(self.session.project.root, self.arguments),
                "config": {
                    qualify(key, self.session.project): value
                    for key, value in self.session.file.config.items()
                },
                "result": "failed" if phase.failed else "succeeded",
                "endTime": int(time.time()),
                "version": 0,
                "resourceChanges": phase.changes,
            },
        )


def _status(phase: Phase) -> int:
    """Of a phase that failed."""
    return CANCELLED if phase.interrupted else 1


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads any more: the update goes on, the state and the history say how it went.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _error(text: str) -> None:
    sys.stderr.write(f"error: {text}\n")


def _confirmed(kind: str) -> bool:
    _write(f"Do you want to perform this {kind}? (yes/no) ")
    return sys.stdin.readline().strip().lower() in ("yes", "y")
