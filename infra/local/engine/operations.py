"""preview, up, refresh, destroy."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from infra.local.engine import digest, planner
from infra.local.engine.display import Display, View
from infra.local.engine.errors import EngineError
from infra.local.engine.events import EventLog
from infra.local.engine.interrupts import CANCELLED
from infra.local.engine.outcome import has_changes
from infra.local.engine.phase import Phase
from infra.local.engine.project import qualify
from infra.local.engine.session import open_session
from infra.local.engine.store import Keeper
from infra.local.engine.targets import protected_with_needs
from infra.local.engine.terminal import LIVE_SECONDS, QUIET_SECONDS, Terminal, wants_colour

if TYPE_CHECKING:
    from infra.local.engine.arguments import Arguments
    from infra.local.engine.snapshot import Snapshot

_PENDING = (
    "Attempting to deploy or update resources with {count} pending operations from previous "
    "deployment.\n{lines}These resources are in an unknown state because the Pulumi CLI was "
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
        self._protected = 0
        for pair in arguments.many("config"):
            key, equals, value = pair.partition("=")
            if not equals:
                raise EngineError(f"--config {pair!r} must be KEY=VALUE")
            self.overrides[qualify(key, project)] = value
        self.session.deployment  # noqa: B018 - an unknown stack is refused first

    def _display(self, phase: Phase, stack: contextlib.ExitStack) -> None:
        names = (self.session.stack, self.session.project.name)
        root = planner.root_urn(*names)
        if self.arguments.on("json"):
            return
        shown = {
            "reads": self.arguments.on("show-reads"),
            "urns": self.arguments.on("urns"),
            "sames": self.arguments.on("show-sames"),
            "replacements": self.arguments.on("show-replacement-steps"),
            "no-outputs": self.arguments.on("suppress-outputs"),
            "remediations": self.arguments.on("show-policy-remediations"),
        }
        screen = sys.stdout.isatty()
        colour = wants_colour(self.arguments.text("color"), screen, os.environ)
        drawn = not self.arguments.on("non-interactive")
        live = screen and drawn and not self.arguments.on("suppress-progress")
        view = View(
            self.kind,
            self.session.stack,
            root,
            planning=phase.dry_run,
            tree=drawn,
            diff=self.arguments.on("diff"),
            tick=LIVE_SECONDS if live else QUIET_SECONDS,
            show=frozenset(name for name, on in shown.items() if on),
        )
        display = Display(Terminal(_write, colour=colour, live=live), view)
        stack.callback(display.close)
        phase.events.listen(display)

    def _phase(self, dry_run: bool, keeper: Keeper | None) -> Phase:
        phase = Phase(self.session, self.arguments, self.kind, dry_run)
        document = digest.listen(phase.events, self.arguments, dry_run)
        with contextlib.ExitStack() as stack:
            self._display(phase, stack)
            name = self.arguments.text("event-log")
            if name:
                # As with the CLI, an update's log takes the place of its preview's.
                file = stack.enter_context(open(name, "w", encoding="utf-8"))  # noqa: PTH123
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
        if self.kind != "refresh" and not self.arguments.on("refresh"):
            lines = "".join(f"  * {urn}, interrupted while {kind}\n" for kind, urn in pending)
            text = _PENDING.format(count=len(pending), lines=lines)
            phase.events.diagnostic("warning", text)
        keep = not self.arguments.on("clear-pending-creates")
        snapshot.clear_pending(lambda kind: keep and kind == "creating")

    def preview(self) -> int:
        status = self._excludes_protected()
        if status is not None:
            return status
        phase = self._phase(dry_run=True, keeper=None)
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
        return self.arguments.on("expect-no-changes") and has_changes(phase.changes)

    def update(self) -> int:
        """The update itself, after a preview and a yes where the flags want them."""
        sure = self.arguments.on("yes") or self.arguments.on("skip-preview")
        if not sure and (self.arguments.on("non-interactive") or not sys.stdin.isatty()):
            raise EngineError(
                "--yes or --skip-preview must be passed in to proceed when running in "
                "non-interactive mode",
                2,
            )
        status = self._excludes_protected()
        if status is not None:
            return status
        if not self.arguments.on("skip-preview"):
            phase = self._phase(dry_run=True, keeper=None)
            if phase.failed:
                return _status(phase)
            if not self.arguments.on("yes") and not _confirmed(self.kind):
                raise EngineError(f"confirmation declined, not proceeding with the {self.kind}", 2)
        with self.session.locked():
            return self._locked_update()

    def _excludes_protected(self) -> int | None:
        """--exclude-protected becomes --exclude of what is protected and of all that it needs.
        The exit status where nothing else is left."""
        if not self.arguments.on("exclude-protected"):
            return None
        if self.arguments.many("target"):
            raise EngineError("you cannot specify --target and --exclude-protected")
        resources = self.session.snapshot(None).resources()
        urns = protected_with_needs(resources)
        if urns and len(urns) == len(resources):
            self._say(
                "There were no unprotected resources to destroy. There are still "
                f"{len(urns)} protected resources associated with this stack.\n"
            )
            return 0
        self.arguments.flags.setdefault("exclude", []).extend(urns)
        self._protected = len(urns)
        return None

    def _say(self, text: str) -> None:
        """A word at the end; with --json there is nothing but JSON on the standard output."""
        if not self.arguments.on("json"):
            _write(text)

    def _locked_update(self) -> int:
        keeper = Keeper(self.session.backend, self.session.stack)
        started = int(time.time())
        phase = self._phase(dry_run=False, keeper=keeper)
        self._record(phase, started)
        if phase.failed:
            return _status(phase)
        if self._unexpected(phase):
            _error("no changes were expected but changes occurred")
            return 7
        if self._protected:
            self._say(
                "All unprotected resources were destroyed. There are still "
                f"{self._protected} protected resources associated with this stack.\n"
            )
        elif self.kind == "destroy" and not self.arguments.many("target"):
            self._say(
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
                "environment": describe(self.session.project, self.arguments, self.kind),
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
