"""Readiness: one question to a service, and waiting for many until a deadline.

`python -m infra.local.services.wait_for redis 127.0.0.1:6379 --seconds 5` asks from a shell.
"""

from __future__ import annotations

import argparse
import http.client
import socket
import sys
import time
from collections.abc import Callable, Mapping

from infra.local.services.errors import NotReadyError
from infra.local.services.launch import Probe, ProbeKind

PROBE_SECONDS = 2.0
BETWEEN_PROBES_SECONDS = 0.05


def ask(probe: Probe, seconds: float = PROBE_SECONDS) -> str | None:
    """Ask once. `None` means ready, else why not. A dead service is an answer, no error."""
    try:
        return _QUESTIONS[probe.kind](probe, seconds)
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"


def wait_until_ready(
    probes: Mapping[str, Probe],
    seconds: float,
    watch: Callable[[str], None] = lambda _: None,
    ready: Callable[[str], None] = lambda _: None,
    ours: Callable[[str], str | None] = lambda _: None,
) -> None:
    """Poll every probe until all are ready.

    `watch` is called with each name that isn't ready yet and may raise (its process died);
    `ready` is called once a name; `ours` says why an answer came from somebody else (`None`: it
    did not). Raises `NotReadyError` naming what didn't answer in `seconds`.
    """
    deadline = time.monotonic() + seconds
    waiting, reasons = dict(probes), dict[str, str]()
    while waiting:
        for name, probe in list(waiting.items()):
            reason = ask(probe) or ours(name)
            if reason is None:
                del waiting[name]
                ready(name)
            else:
                reasons[name] = reason
                watch(name)
        if waiting and time.monotonic() > deadline:
            late = "; ".join(
                f"{name} on {probe.host}:{probe.port} ({reasons[name]})"
                for name, probe in waiting.items()
            )
            raise NotReadyError(f"not ready after {seconds:.0f} s: {late}")
        if waiting:
            time.sleep(BETWEEN_PROBES_SECONDS)


def _tcp(probe: Probe, seconds: float) -> str | None:
    with socket.create_connection((probe.host, probe.port), timeout=seconds):
        return None


def _http(probe: Probe, seconds: float) -> str | None:
    connection = http.client.HTTPConnection(probe.host, probe.port, timeout=seconds)
    try:
        connection.request("GET", probe.path)
        status = connection.getresponse().status
    finally:
        connection.close()
    return None if status == http.HTTPStatus.OK else f"GET {probe.path} answers {status}"


def _redis(probe: Probe, seconds: float) -> str | None:
    with socket.create_connection((probe.host, probe.port), timeout=seconds) as connection:
        connection.sendall(b"PING\r\n")
        answer = connection.recv(256)
    # "-LOADING" while a persisted file is read: it listens but isn't ready.
    return None if answer.startswith(b"+PONG") else f"PING answers {answer!r}"


def _mongo(probe: Probe, seconds: float) -> str | None:
    _tcp(probe, seconds)  # refused at once, where the driver would wait for a server to appear
    # Imported late: the driver takes 0.2 s, and most commands ask nothing of a database.
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    milliseconds = int(seconds * 1000)
    client: MongoClient[dict[str, object]] = MongoClient(
        probe.host,
        probe.port,
        directConnection=True,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        socketTimeoutMS=milliseconds,
        retryWrites=False,
    )
    try:
        client.admin.command("ping")
    except PyMongoError as error:
        return f"ping: {str(error).splitlines()[0][:120]}"
    finally:
        client.close()
    return None


_QUESTIONS: Mapping[ProbeKind, Callable[[Probe, float], str | None]] = {
    ProbeKind.TCP: _tcp,
    ProbeKind.HTTP: _http,
    ProbeKind.REDIS: _redis,
    ProbeKind.MONGO: _mongo,
}


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when ready, 1 when not in time."""
    parser = argparse.ArgumentParser(prog="wait_for", description=__doc__)
    parser.add_argument("kind", choices=[kind.value for kind in ProbeKind])
    parser.add_argument("address", help="HOST:PORT")
    parser.add_argument("--path", default="/", help="of an HTTP probe")
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args(arguments)
    host, _, port = given.address.rpartition(":")
    if not host or not port.isdigit():
        parser.error(f"{given.address!r} is not HOST:PORT, such as 127.0.0.1:6379")
    probe = Probe(ProbeKind(given.kind), host, int(port), given.path)
    try:
        wait_until_ready({given.kind: probe}, given.seconds)
    except NotReadyError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
