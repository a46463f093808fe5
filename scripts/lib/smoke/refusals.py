"""Lines in which each role is refused what is not its business."""

from __future__ import annotations

from collections.abc import Callable

from scripts.lib.smoke.context import API, Context
from scripts.lib.smoke.edge import hold_problem
from scripts.lib.smoke.line import Line
from scripts.lib.smoke.path import application_body

DECISION = {"outcome": "approved", "reason": "smoke: this must be refused"}


def _refused(
    role: str | None, path: str, body: object, status: int, method: str = "POST"
) -> Callable[[Context], str]:
    """A line's function: the request of `role` must be refused with `status` and a problem."""

    def run(context: Context) -> str:
        address = f"{API}{path.format(application=context.found.application)}"
        hold_problem(context.ask(method, address, role=role, body=body, expect=status))
        return str(status)

    return run


_DECIDE = "/applications/{application}/decisions"
_PLAN = "/applications/{application}/inspections"
_VISIT = {"scheduledFor": "2030-01-01T09:00:00Z"}

LINES: tuple[Line[Context], ...] = (
    Line(
        "refused-farmer",
        "a farmer cannot decide",
        _refused("farmer", _DECIDE, DECISION, 403),
        ("application",),
    ),
    Line(
        "refused-inspector",
        "an inspector cannot decide",
        _refused("inspector", _DECIDE, DECISION, 403),
        ("application", "tokens"),
    ),
    Line(
        "refused-approver",
        "an approver cannot plan an inspection",
        _refused("approver", _PLAN, _VISIT, 403),
        ("application", "tokens"),
    ),
    Line(
        "refused-administrator",
        "an administrator cannot apply",
        _refused("administrator", "/applications", application_body("refused"), 403),
        ("tokens",),
    ),
    Line(
        "refused-anonymous",
        "nobody lists applications unsigned",
        _refused(None, "/applications", None, 401, "GET"),
    ),
)
