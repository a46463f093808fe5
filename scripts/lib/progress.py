"""Progress of a command in phases: what is done, how long it took, how much is left.

Set-up uses it before anything is installed: standard library only.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

HEARTBEAT_SECONDS = 10.0


def to_stderr(line: str) -> None:
    """Progress goes where errors go: the standard output belongs to what a command answers."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@contextmanager
def heartbeat(
    tell: Callable[[float], None], every_seconds: float = HEARTBEAT_SECONDS
) -> Generator[Callable[[], float]]:
    """While the body runs, `tell` hears from time to time how many seconds it has taken so far;
    gives back a clock of the same."""
    began, ended = time.monotonic(), threading.Event()

    def spent() -> float:
        return time.monotonic() - began

    def beat() -> None:
        while not ended.wait(every_seconds):
            tell(spent())

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield spent
    finally:
        ended.set()
        thread.join()


@dataclass(slots=True)
class Phases:
    """Announces each of `total` phases, tells that a long one still runs, and times all of them."""

    total: int
    report: Callable[[str], None] = to_stderr
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    _done: int = 0

    @contextmanager
    def phase(self, what: str, typical_seconds: float | None = None) -> Generator[None]:
        """One phase. `typical_seconds` is what it usually takes, for whoever waits."""
        self._done += 1
        head = f"[{self._done}/{self.total}] {what}"
        usually = f"usually {typical_seconds:.0f} s" if typical_seconds else ""
        self.report(f"{head}{f' ({usually})' if usually else ''}")

        def tell(spent: float) -> None:
            left = self.total - self._done
            self.report(
                f"      … {what}: {spent:.0f} s so far{f', {usually}' if usually else ''}; "
                f"{left} phase{'' if left == 1 else 's'} after this"
            )

        with heartbeat(tell, self.heartbeat_seconds) as spent:
            try:
                yield
            finally:
                self.seconds[what] = spent()

    def detail(self, line: str) -> None:
        """A line below the phase."""
        self.report(f"      {line}")
