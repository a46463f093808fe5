"""Stopping a job at a named point, so that a test can kill the process in its middle.

Honoured on the local platform alone. `GACP_HOLD_AT` names a point such as
`issue-certificate:after-number`, `GACP_HOLD_MARKER` a file. The first job to arrive writes the file
and waits until its process ends; with the file in place everybody passes, so a process that is
started again with the same environment goes on.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hold:
    """A point to stop at; without a name it stops nowhere."""

    at: str = ""
    marker: Path = Path()

    async def point(self, name: str) -> None:
        """Pass `name`, unless this is the point and nobody stopped there yet."""
        if not self.at or name != self.at:
            return
        try:
            self.marker.touch(exist_ok=False)
        except FileExistsError:
            return
        _log.warning("held at %s until this process is killed", name)
        await asyncio.Event().wait()


def hold_from(environment: Mapping[str, str] | None = None) -> Hold:
    """The point that the environment names; none outside `local`, whatever it names."""
    values = os.environ if environment is None else environment
    at, marker = values.get("GACP_HOLD_AT", ""), values.get("GACP_HOLD_MARKER", "")
    if values.get("GACP_ENVIRONMENT") != "local" or not at or not marker:
        return Hold()
    return Hold(at, Path(marker))
