"""Talks to a running supervisord over its socket, with a deadline on every call."""

from __future__ import annotations

import http.client
import socket
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from infra.local.services.errors import ServicesError

CALL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ProcessState:
    """A program as supervisord sees it. `state` is one of its names, such as RUNNING or FATAL."""

    name: str
    state: str
    pid: int  # 0 where nothing runs
    since: int  # seconds since the epoch
    problem: str  # why it isn't running, empty else


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=CALL_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CALL_SECONDS)
        self.sock.connect(str(self._path))


class _Transport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: tuple[str, dict[str, str]] | str) -> http.client.HTTPConnection:
        connection = _Connection(self._path)
        # Where the base class looks for what it closes.
        self._connection = (str(host), connection)
        return connection


class SupervisorClient:
    """The calls that we need. Each raises `ServicesError` where supervisord doesn't answer."""

    def __init__(self, socket_path: Path) -> None:
        self._socket = socket_path

    def answers(self) -> bool:
        """Whether somebody answers at the socket."""
        try:
            self._call("supervisor.getPID")
        except ServicesError:
            return False
        return True

    def pid(self) -> int:
        return int(cast(int, self._call("supervisor.getPID")))

    def states(self) -> Mapping[str, ProcessState]:
        """Every program that supervisord knows, by name."""
        rows = cast(Sequence[Mapping[str, object]], self._call("supervisor.getAllProcessInfo"))
        return {
            str(row["name"]): ProcessState(
                name=str(row["name"]),
                state=str(row["statename"]),
                pid=int(str(row["pid"])),
                since=int(str(row["start"])),
                problem=str(row["spawnerr"]),
            )
            for row in rows
        }

    def start(self, name: str) -> None:
        """Ask for a start and don't wait; a program that already starts is left alone."""
        self._call("supervisor.startProcess", name, False, harmless={60})

    def stop(self, name: str) -> None:
        """Ask for a stop and don't wait; one that isn't running is left alone."""
        self._call("supervisor.stopProcess", name, False, harmless={70})

    def add(self, name: str) -> None:
        """Take a program over from the configuration that was read last."""
        self._call("supervisor.addProcessGroup", name, harmless={90})

    def remove(self, name: str) -> None:
        """Forget a stopped program."""
        self._call("supervisor.removeProcessGroup", name, harmless={10})

    def reread(self) -> None:
        self._call("supervisor.reloadConfig")

    def shutdown(self) -> None:
        self._call("supervisor.shutdown", harmless={6})

    # Codes: supervisor/xmlrpc.py, Faults (6 shutting down, 10 bad name, 60 already started,
    # 70 not running, 90 already added).
    def _call(self, method: str, *arguments: object, harmless: set[int] | None = None) -> object:
        with xmlrpc.client.ServerProxy(
            "http://localhost", transport=_Transport(self._socket)
        ) as server:
            try:
                return getattr(server, method)(*arguments)
            except xmlrpc.client.Fault as fault:
                if fault.faultCode in (harmless or set()):
                    return None
                raise ServicesError(
                    f"supervisord refuses {method}{arguments}: {fault.faultString}"
                ) from fault
            except (OSError, http.client.HTTPException) as error:
                raise ServicesError(
                    f"supervisord doesn't answer at {self._socket} ({error}): `make down`, then "
                    "`make up` starts a new one"
                ) from error
