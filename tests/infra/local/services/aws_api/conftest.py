"""Starts the real AWS API on a free port, and ends what it started by its own pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.config import Config

from infra.local.services.aws_api import launcher

REGION = "ap-southeast-1"
START_SECONDS = 40
# One for all clients: each session reads the description of every service anew.
SESSION = boto3.Session("local", "local", region_name=REGION)


BUCKET = "documents-bucket"


class Server:
    """One AWS API process and clients of it."""

    def __init__(self, log: Path, data: Path | None, file_limit=None, port=None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = port or probe.getsockname()[1]
        self.log = log
        self.url = f"http://127.0.0.1:{self.port}"
        program = launcher.program(self.port, data)
        command = list(program.argv)
        limited: dict[str, str] = {}
        if file_limit is not None:
            # Python would leave the modules that it compiles cut off at the limit, for everybody.
            command = ["prlimit", f"--fsize={file_limit}", *command]
            limited = {"PYTHONDONTWRITEBYTECODE": "1"}
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=program.directory,
                env={
                    "PATH": os.environ["PATH"],
                    "LANG": "C.UTF-8",
                    **limited,
                    **program.environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.ready_path = program.ready.path if program.ready else "/"

    def client(self, service: str):
        # One attempt: a call that was not acknowledged must not be repeated behind our back.
        options = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
        return SESSION.client(service, endpoint_url=self.url, config=options)

    def make_bucket(self, *, versioned: bool = True):
        """Make the tests' bucket; returns an S3 client."""
        s3 = self.client("s3")
        where = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        if versioned:
            s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        return s3

    def wait_ready(self) -> Server:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                assert httpx.get(self.url + self.ready_path, timeout=5).status_code == 200
                return self
            except httpx.TransportError:
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < deadline, self.said()

    def said(self) -> str:
        return self.log.read_text()

    def wait_end(self) -> int:
        return self.process.wait(START_SECONDS)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.wait_end()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.wait_end()


@pytest.fixture
def start(tmp_path):
    """Starts servers; those still running at the end are killed."""
    servers: list[Server] = []

    def begin(data: Path | None = None, **options) -> Server:
        servers.append(Server(tmp_path / f"log-{len(servers)}.txt", data, **options))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
        server.wait_end()
