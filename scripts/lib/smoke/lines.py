"""Every line of the smoke test, in the order in which they run."""

from __future__ import annotations

from scripts.lib.smoke import certificate, edge, path, refusals
from scripts.lib.smoke.context import Context
from scripts.lib.smoke.line import Line, check_order

LINES: tuple[Line[Context], ...] = (
    *edge.LINES,
    *path.LINES,
    *certificate.LINES,
    *refusals.LINES,
)
# What `gacp up` asks a platform that it has seen whole before: nothing here writes.
QUICK_NAMES = ("health", "headers", "sign-in", "seeded")
QUICK_LINES = tuple(line for line in LINES if line.name in QUICK_NAMES)

check_order(LINES)
check_order(QUICK_LINES)
