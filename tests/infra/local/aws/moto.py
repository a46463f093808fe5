"""A moto server of a test's own, on a free port, ended by its process id."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import boto3

START_SECONDS = 60.0


class MotoServer:
    """The AWS API of one test module. `restart` makes it forget everything."""

    def __init__(self) -> None:
        with socket.socket() as chosen:
            chosen.bind(("127.0.0.1", 0))
            self.port: int = chosen.getsockname()[1]
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        program = str(Path(sys.executable).with_name("moto_server"))
        process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                pause.wait(0.05)
            else:
                return process
        process.kill()
        raise AssertionError(f"moto_server did not listen on {self.port} within {START_SECONDS} s")

    def restart(self) -> None:
        self.stop()
        self._process = self._start()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)

    def client(self, service: str, region: str = "ap-southeast-1") -> Any:
        keys: dict[str, Any] = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            **keys,
        )
