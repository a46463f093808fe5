"""What is asked of a deployment and how it goes: what failed, whether it is being ended."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.engine.errors import EngineError, StoppedError, UnfinishedError
from infra.local.engine.policies import Policies
from infra.local.engine.targets import Choice

if TYPE_CHECKING:
    from infra.local.engine.events import Events
    from infra.local.engine.executor import StepFailedError
    from infra.local.engine.planner import Goal, Step
    from infra.local.engine.state import Resource


@dataclass(frozen=True)
class Options:
    """What flags ask of a deployment. `parallel` is the number of provider calls at once."""

    dry_run: bool = False
    parallel: int = 16
    continue_on_error: bool = False
    choice: Choice = field(default_factory=Choice)
    policies: Policies = field(default_factory=Policies)


_LOOKS = ("same", "read", "discard", "read-replacement")


def has_changes(changes: dict[str, int]) -> bool:
    """Whether --expect-no-changes is disappointed."""
    return any(count for op, count in changes.items() if op not in _LOOKS)


class Counts:
    """Steps that ended, by operation, as `resourceChanges` counts them."""

    def __init__(self) -> None:
        self.changes: dict[str, int] = {}

    def add(self, op: str, resource: Resource) -> None:
        if not resource.is_default_provider:
            self.changes[op] = self.changes.get(op, 0) + 1

    @property
    def total(self) -> int:
        return sum(self.changes.values())


class Outcome:
    """Thread-safe. `failed` makes the command fail, `step_failed` and `forbidden` (by a policy, at
    the end) add the line that says so, unless the program itself ended badly and said why.
    `unfinished` are what --continue-on-error went past."""

    def __init__(self, events: Events, options: Options) -> None:
        self.events = events
        self.options = options
        self.stopping = threading.Event()
        self.failed = False
        self.step_failed = False
        self.program_failed = False
        self.forbidden = False
        self.unfinished: set[str] = set()
        self.failed_steps: list[Step] = []
        self.may_be_corrupt = False
        self.interrupted = False
        self._continue = options.continue_on_error
        self._dry_run = options.dry_run

    def fail(self, message: str, urn: str = "") -> StoppedError:
        """Reports an error and ends the deployment; what runs is finished. Returns what the
        caller raises."""
        self.events.diagnostic("error", message.rstrip("\n") + "\n", urn)
        self.failed = True
        self.stopping.set()
        return StoppedError(message)

    def interrupt(self) -> None:
        """A person's first ctrl-C."""
        self.interrupted = True
        self.fail("interrupted: what ran has been finished, the state is kept")

    def fail_step(self, step: Step, error: StepFailedError) -> StoppedError | UnfinishedError:
        """As `fail`, for a step that the provider refused; with --continue-on-error the rest
        goes on."""
        self.failed = True
        self.step_failed = True
        self.may_be_corrupt = self.may_be_corrupt or error.status == error.UNKNOWN
        lead = "Preview failed: " if self._dry_run else ""
        self.events.diagnostic("error", f"{lead}{error}\n", step.urn)
        if self._continue or error.refused:
            self.unfinished.add(step.urn)
            self.failed_steps.append(step)
            return UnfinishedError(str(error))
        self.stopping.set()
        return StoppedError(str(error))

    def refuse(self, message: str, urn: str = "") -> None:
        """What an update may not do: a preview says so, fails, and goes on to show the rest.
        Raises StoppedError else."""
        if not self._dry_run:
            raise self.fail(message, urn)
        self.complain(message, urn)

    def warn_or_fail(self, message: str, urn: str) -> None:
        """What an update may not do and a preview only warns of. Raises EngineError."""
        if not self._dry_run:
            raise EngineError(message)
        self.events.diagnostic("warning", f"{message}\n", urn)

    def complain(self, message: str, urn: str = "") -> None:
        """Reports an error that fails the command and lets the deployment go on."""
        self.failed = self.step_failed = True
        self.events.diagnostic("error", message.rstrip("\n") + "\n", urn)

    def judge(self, goal: Goal) -> None:
        """Asks the policies. What is forbidden ends an update; a preview goes on to show the rest.
        Raises StoppedError, EngineError."""
        if self.options.policies.allow(goal):
            return
        self.failed = True
        if not self._dry_run:
            self.stopping.set()
            raise StoppedError(f"a mandatory policy forbids {goal.new.urn}")
        self.forbidden = True

    def judge_stack(self) -> None:
        """As `judge`, for the whole; what is not whole is not judged. Raises StoppedError."""
        if self.stopping.is_set() or self.unfinished:
            return
        try:
            if not self.options.policies.allow_stack():
                self.failed = self.forbidden = True
        except EngineError as error:
            raise self.fail(str(error)) from error

    def alive(self) -> None:
        if self.stopping.is_set():
            raise StoppedError("the deployment is being ended")
