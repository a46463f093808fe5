"""`python -m infra.local.engine ARGS` behaves as `pulumi ARGS`."""

import signal
import sys
from types import FrameType

from infra.local.engine.command import main


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """A supervisor's SIGTERM is a person's ctrl-C: what runs is finished, the lock given back."""
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(main(sys.argv[1:]))
