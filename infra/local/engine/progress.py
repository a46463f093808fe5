"""What has begun, what has ended, and how long it takes: for the display."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from infra.local.engine.rows import doing, kind_and_name, took


@dataclass
class Progress:
    """Steps that have begun and not ended, and how many there were. Times are monotonic seconds."""

    began: float = field(default_factory=time.monotonic)
    running: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    first: dict[str, float] = field(default_factory=dict[str, float])
    ended: int = 0

    def start(self, op: str, urn: str) -> None:
        self.running[op, urn] = time.monotonic()
        self.first.setdefault(urn, time.monotonic())

    def end(self, op: str, urn: str) -> float:
        """Seconds that it took; of a replacement, since the first of its parts. What began as a
        refresh ends as what was found."""
        self.ended += 1
        op = "refresh" if ("refresh", urn) in self.running else op
        started = self.running.pop((op, urn), time.monotonic())
        return time.monotonic() - (self.first.get(urn, started) if op == "replace" else started)

    @property
    def count(self) -> str:
        return f"[{self.ended}/{self.ended + len(self.running)}]"

    def sentence(self) -> str:
        """`12s [3/5] creating a (9.1s), updating b (0.2s)`."""
        now = time.monotonic()
        longest = sorted(self.running.items(), key=lambda item: item[1])
        names = [
            f"{doing(op)} {kind_and_name(urn)[1]} ({took(now - at)})" for (op, urn), at in longest
        ]
        return f"{took(now - self.began)} {self.count} {', '.join(names) or 'waiting'}"
