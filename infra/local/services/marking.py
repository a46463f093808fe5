"""The environment of every process that this platform starts."""

from __future__ import annotations

import os
from collections.abc import Mapping

from infra.local.services.launch import Program
from infra.local.services.layout import MARKER_VARIABLE

# Nothing else of the caller's environment reaches a service: what works must not depend on the
# shell that it was started from. JAVA_HOME finds a Java that isn't on PATH.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "JAVA_HOME")


def minimal_environment(caller: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a process needs to run at all."""
    given = os.environ if caller is None else caller
    return {"LANG": "C.UTF-8", **{name: given[name] for name in KEPT if name in given}}


def process_environment(
    program: Program, marker: str, caller: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The minimal one, what the program asks for, and the mark that says whose process it is."""
    return {
        **minimal_environment(caller),
        "PYTHONUNBUFFERED": "1",  # a log that ends before the error helps nobody
        **program.environment,
        MARKER_VARIABLE: marker,
    }
