"""What goes wrong with services, said so that a person can act on it."""

from __future__ import annotations


class ServicesError(RuntimeError):
    """A service can't be set up, started, reached or stopped. The text names the way out."""


class PortTakenError(ServicesError):
    """A remembered port belongs to somebody else now."""


class NotReadyError(ServicesError):
    """A service did not answer its probe in time, or its process gave up."""


class MissingToolError(ServicesError):
    """A program that the platform needs is neither here nor to be had; the text says how it is."""
