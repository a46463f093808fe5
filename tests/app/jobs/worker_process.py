"""The worker as people run it: a process, started, held, killed and asked over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from infra.local.services.ports import LOOPBACK, free_port
from tests.app.jobs.world import World, until

REPOSITORY = Path(__file__).parents[3]


@dataclass
class WorkerProcess:
    """One `python -m app worker`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def status(self, path: str) -> int:
        """The HTTP status of a health endpoint; 0 while nothing answers."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}{path}", timeout=5) as one:
                return one.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def text(self, path: str) -> str:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}{path}", timeout=5) as answer:
            return answer.read().decode()

    async def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return self.status("/readyz") == 200

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is given back."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def terminate(self, seconds: float = 60) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)


class Workers:
    """Starts workers of one world and leaves none behind."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self._folder = world, folder
        self._started: list[WorkerProcess] = []

    async def start(self, **extra: str) -> WorkerProcess:
        """A worker that answers ready."""
        port = free_port(set())
        log = self._folder / f"worker-{len(self._started)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "app", "worker", "--port", str(port)],
                cwd=REPOSITORY,
                env={"PATH": os.environ["PATH"], **self._world.environment, **extra},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        worker = WorkerProcess(process, port, log)
        self._started.append(worker)
        await until(worker.is_ready, "the worker is ready", 30)
        return worker

    def stop(self) -> None:
        for worker in self._started:
            if worker.process.poll() is None:
                worker.kill()
