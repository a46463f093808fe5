"""How a step failed, in the CLI's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.errors import EngineError
from infra.local.engine.work import ProtectedError

if TYPE_CHECKING:
    from infra.local.engine.client import ProviderError
    from infra.local.engine.planner import Step


class StepFailedError(Exception):
    """The provider refused or broke. The state is kept, the text is for the person.

    `status` is the CLI's: 0 nothing was done, 1 a part was done, 2 nobody knows. `refused` by the
    engine itself: others go on.
    """

    PART, UNKNOWN = 1, 2

    def __init__(self, step: Step, error: ProviderError | EngineError) -> None:
        if isinstance(error, EngineError):  # the state can't be written
            self.status = self.UNKNOWN
            super().__init__(str(error))
            self.refused = False
            return
        self.refused = isinstance(error, ProtectedError)
        # A create that fails is as if it had not been (recorded so).
        open_codes = _OPEN[-1:] if step.op.startswith("create") else _OPEN
        self.status = self.UNKNOWN if error.code in open_codes else 0
        text = str(error)
        if error.partial is not None:
            self.status = self.PART
            reasons = list(error.partial.reasons) or [text]
            count = "1 error" if len(reasons) == 1 else f"{len(reasons)} errors"
            text = f"{count} occurred:\n" + "".join(f"\t* {reason}\n" for reason in reasons)
            text += "\n"
        super().__init__(text)


_OPEN = ("UNKNOWN", "INTERNAL", "DATA_LOSS", "DEADLINE_EXCEEDED", "NO_ID")
"""Codes that leave it open whether the work was done."""
