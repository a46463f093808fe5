"""Why a step could not be done."""

from __future__ import annotations


class MachineError(Exception):
    """The text says what happened and the way out."""


class CommandFailedError(MachineError):
    """A program ended with an error, or not in time."""


class ExchangeError(MachineError):
    """A new container did not come into service; what served before still serves."""


class BusyError(MachineError):
    """Another set-up is at work."""
