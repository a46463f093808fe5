"""Starts the real launcher on a free port, and ends what it started by its own pid."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pymongo
import pytest
from pymongo.errors import PyMongoError

from infra.local.services.database import launcher
from infra.local.services.ports import free_port

REPOSITORY = Path(__file__).parents[5]
START_SECONDS = 30


class Server:
    """One database process and a client of it."""

    def __init__(self, tools, log: Path, data: Path | None, file_limit=None, port=None):
        self.port = port or free_port()
        self.log = log
        program = launcher.program(tools, self.port, data)
        command = list(program.argv)
        if file_limit is not None:
            command = ["prlimit", f"--fsize={file_limit}", *command]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=program.directory,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.client = pymongo.MongoClient(
            "127.0.0.1",
            self.port,
            retryWrites=False,
            serverSelectionTimeoutMS=1000,
            socketTimeoutMS=20000,
        )

    def wait_ready(self) -> Server:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.client.admin.command("ping")
                return self
            except PyMongoError:
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < deadline, self.said()

    def said(self) -> str:
        return self.log.read_text()

    def wait_end(self) -> int:
        self.client.close()
        return self.process.wait(START_SECONDS)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.wait_end()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait_end()


@pytest.fixture(scope="session")
def tools():
    environment = {**os.environ, "GACP_DATABASE_ENGINE": "java"}
    return launcher.prepare(REPOSITORY / ".local" / "tools", print, environment)


@pytest.fixture
def start(tools, tmp_path):
    """Starts servers; those still running at the end are killed."""
    servers: list[Server] = []

    def begin(data: Path | None = None, **options) -> Server:
        servers.append(Server(tools, tmp_path / f"log-{len(servers)}.txt", data, **options))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
        server.wait_end()


@pytest.fixture(scope="module")
def memory_server(tools, tmp_path_factory):
    server = Server(tools, tmp_path_factory.mktemp("database") / "log.txt", None).wait_ready()
    yield server
    server.stop()


@pytest.fixture
def database(memory_server):
    """An empty database in a memory server that the module's tests share."""
    name = f"test{time.monotonic_ns()}"
    yield memory_server.client[name]
    memory_server.client.drop_database(name)
