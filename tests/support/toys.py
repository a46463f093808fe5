"""Small programs that behave as services do, for tests of supervision."""

from __future__ import annotations

import sys
from pathlib import Path

from infra.local.services.launch import Probe, ProbeKind, Program
from infra.local.services.ports import LOOPBACK

# Listens, and writes its name to a file when it is asked to stop.
SERVER = """
import signal, socket, sys
name, port, diary = sys.argv[1], int(sys.argv[2]), sys.argv[3]
server = socket.create_server(("127.0.0.1", port))
def leave(*_):
    with open(diary, "a") as file:
        file.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
while True:
    server.accept()[0].close()
"""

# A master whose worker holds the port: killing the master alone leaves the worker at it.
MASTER = """
import os, signal, socket, sys
port = int(sys.argv[2])
server = socket.create_server(("127.0.0.1", port))
if os.fork() == 0:
    while True:
        server.accept()[0].close()
server.close()
print("master", os.getpid(), flush=True)
signal.pause()
"""


def toy(
    source: str, name: str, port: int, folder: Path, *, tier: int = 0, revision: str = ""
) -> Program:
    """A program that runs the source with its name, its port and a diary as arguments."""
    folder.mkdir(parents=True, exist_ok=True)
    return Program(
        name=name,
        argv=(sys.executable, "-I", "-S", "-c", source, name, str(port), str(folder / "diary")),
        directory=folder,
        ready=Probe(ProbeKind.TCP, LOOPBACK, port),
        tier=tier,
        stop_seconds=5,
        revision=revision,
    )
