"""Asks again while something holds a resource, as the provider for AWS does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from infra.local.aws.spec import AwsError
from infra.local.aws.world import RETRIED

PAUSE_SECONDS = 0.1


def patiently(attempt: Callable[[], None], seconds: float, stopping: threading.Event) -> None:
    """Raises the last `AwsError` after `seconds`, at once for one that waiting doesn't mend, and
    where the provider is `stopping`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except AwsError as error:
            final = error.code not in RETRIED or time.monotonic() >= deadline
            if final or stopping.wait(PAUSE_SECONDS):
                raise
