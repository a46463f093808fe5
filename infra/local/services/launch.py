"""What an embedded service is to the supervisor: plain data, no process is started here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class ProbeKind(StrEnum):
    """How readiness is asked. Each says more than that a port is open, except `TCP`."""

    TCP = "tcp"  # a connection is accepted
    HTTP = "http"  # GET answers 200
    REDIS = "redis"  # PING answers PONG
    MONGO = "mongo"  # the ping command answers ok


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that a ready service answers; `path` belongs to HTTP alone."""

    kind: ProbeKind
    host: str
    port: int
    path: str = "/"


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised process.

    `argv[0]` is an absolute path. `environment` is added to a minimal one (PATH, HOME, LANG).
    `stop_seconds` is how long it may take to stop after `stop_signal` before it is killed.
    Programs of a lower `tier` start first and stop last.
    """

    name: str
    argv: tuple[str, ...]
    directory: Path
    ready: Probe | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    tier: int = 0
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    # What the process reads beside this definition (a rendered file, its source): a program whose
    # revision changed is started anew.
    revision: str = ""
