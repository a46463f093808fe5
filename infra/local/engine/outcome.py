"""What is asked of a deployment and how it goes: what failed, whether it is being ended."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.engine.errors import StoppedError, UnfinishedError

if TYPE_CHECKING:
    from infra.local.engine.events import Events
    from infra.local.engine.executor import StepFailedError
    from infra.local.engine.planner import Step


@dataclass(frozen=True)
class Options:
    """What flags ask of a deployment. `parallel` is the number of provider calls at once."""

    dry_run: bool = False
    parallel: int = 16
    continue_on_error: bool = False


class Outcome:
    """Thread-safe. `failed` makes the command fail, `step_failed` adds the line that says so.
    `unfinished` are the URNs that --continue-on-error went past."""

    def __init__(self, events: Events, options: Options) -> None:
        self.events = events
        self.stopping = threading.Event()
        self.failed = False
        self.step_failed = False
        self.unfinished: set[str] = set()
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
        if self._continue:
            self.unfinished.add(step.urn)
            return UnfinishedError(str(error))
        self.stopping.set()
        return StoppedError(str(error))

    def alive(self) -> None:
        if self.stopping.is_set():
            raise StoppedError("the deployment is being ended")
