"""Loopback ports: chosen free, remembered, never taken over from somebody else."""

from __future__ import annotations

import json
import os
import random
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from infra.local.services.errors import PortTakenError, ServicesError
from infra.local.services.files import write_atomically

LOOPBACK = "127.0.0.1"

# Below Linux's range for outgoing connections (net.ipv4.ip_local_port_range, 32768 and up), so that
# a port that is remembered while nothing listens isn't lent to a client meanwhile.
FIRST_PORT, LAST_PORT = 20_000, 32_000

# `FIRST-LAST` narrows where ports are chosen: two platforms on one machine whose ranges don't
# overlap never take each other's ports, not even while one of them is down.
RANGE_VARIABLE = "GACP_PORTS"

PREFERRED: Mapping[str, int] = {
    "edge": 8080,
    "database": 27117,
    "redis-queue": 26379,
    "redis-cache": 26380,
    "aws-api": 25566,
    "mail": 22525,
    "mail-view": 28025,
}


def port_range(environment: Mapping[str, str] | None = None) -> range:
    """Where ports are chosen. Raises `ServicesError` for a range that is none."""
    given = (os.environ if environment is None else environment).get(RANGE_VARIABLE)
    if not given:
        return range(FIRST_PORT, LAST_PORT)
    first, _, last = given.partition("-")
    if first.isdecimal() and last.isdecimal() and 1024 <= int(first) <= int(last) <= 65_535:
        return range(int(first), int(last) + 1)
    raise ServicesError(
        f"{RANGE_VARIABLE}={given!r} is no range of ports: write FIRST-LAST with both from 1024 "
        f"to 65535, such as {FIRST_PORT}-{LAST_PORT - 1}, or unset it"
    )


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on the port now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        # As servers do it: a port whose last connections are in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """Who listens on the port, as far as this user may see; for error texts."""
    try:
        for connection in psutil.net_connections("tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.laddr
                and connection.laddr.port == port
                and connection.pid
            ):
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return "another process"
    return "another process"


def listens(pid: int, port: int) -> bool:
    """Whether the process or one of its descendants listens on the port."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return False
    return any(_listens(member, port) for member in family)


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    return any(
        connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
        for connection in connections
        if connection.laddr
    )


@dataclass(slots=True)
class PortBook:
    """The ports of one platform, by name, kept in a file.

    A name gets its preferred port where that is free (and no range is given), else a random free
    one, and keeps it.
    `ours` says whether a port is held by a process of this platform: then it is not taken.
    """

    path: Path
    ours: Callable[[int], bool] = lambda _: False
    rechoose: bool = False
    report: Callable[[str], None] = lambda _: None
    _ports: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        if self.path.exists():
            self._ports = {str(k): int(v) for k, v in json.loads(self.path.read_text()).items()}

    def port(self, name: str) -> int:
        """The port of `name`, remembered or chosen now.

        Raises `PortTakenError` where the remembered port is somebody else's: moving by itself
        would change addresses that people and certificates hold.
        """
        remembered = self._ports.get(name)
        if remembered is None:
            return self._remember(name, self._choose(name))
        if self.ours(remembered) or is_free(remembered):
            return remembered
        if self.rechoose:
            port = self._choose(name)
            self.report(f"port {remembered} of {name} is taken; {name} moves to {port}")
            return self._remember(name, port)
        raise PortTakenError(
            f"port {remembered} of {name} is taken by {holder(remembered)}: stop that process, "
            f"or run `gacp up local --new-ports` to give {name} another port "
            f"(addresses that use {remembered} then change)"
        )

    def remembered(self) -> Mapping[str, int]:
        return dict(self._ports)

    def _choose(self, name: str) -> int:
        used = set(self._ports.values())
        preferred = None if os.environ.get(RANGE_VARIABLE) else PREFERRED.get(name)
        if preferred is not None and preferred not in used and is_free(preferred):
            return preferred
        return free_port(used)

    def _remember(self, name: str, port: int) -> int:
        self._ports[name] = port
        write_atomically(self.path, json.dumps(self._ports, indent=2, sort_keys=True) + "\n")
        return port


def free_port(excluding: set[int] | None = None) -> int:
    """A random free loopback port. Raises `PortTakenError` if none is left."""
    candidates = port_range()
    for port in random.sample(candidates, len(candidates)):
        if port not in (excluding or set()) and is_free(port):
            return port
    raise PortTakenError(
        f"no loopback port from {candidates[0]} to {candidates[-1]} is free: stop what listens "
        "there (`ss -ltn` lists it) and run the same command again"
    )
