"""The whole platform on this machine, in a folder of its own, driven through `gacp`."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from infra.local.services.layout import LOCAL_DIR_VARIABLE, Layout
from infra.local.services.stop import leftovers
from infra.local.services.supervisor_client import SupervisorClient
from scripts.lib.smoke.local import LocalPlatform, find_local, read_accounts

UP_SECONDS, DOWN_SECONDS = 280, 60
# What must not reach the platform from the shell that runs the tests.
FOREIGN = ("MONGODB_URI", "REDIS_URL", "REDIS_QUEUE_URL", "REDIS_CACHE_URL")


@dataclass(slots=True)
class Running:
    """A platform under `folder`. Every command runs as its own process, as people run it."""

    folder: Path
    certificate: str = ""
    url: str = ""

    @property
    def layout(self) -> Layout:
        return Layout.from_environment({LOCAL_DIR_VARIABLE: str(self.folder)})

    @property
    def local(self) -> LocalPlatform:
        return find_local(self.layout)

    @property
    def accounts(self):
        return read_accounts(self.layout.accounts_file)

    def gacp(self, *words: str, seconds: float = UP_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run `gacp WORDS`."""
        environment = {k: v for k, v in os.environ.items() if k not in FOREIGN}
        return subprocess.run(
            [str(self.layout.python), "-m", "scripts", *words],
            cwd=self.layout.repository,
            env={**environment, LOCAL_DIR_VARIABLE: str(self.folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def up(self) -> Mapping[str, object]:
        """`gacp up local --no-smoke`; what it printed as JSON."""
        ended = self.gacp("up", "local", "--no-smoke", "--json")
        assert ended.returncode == 0, f"gacp up ended with {ended.returncode}:\n{ended.stderr}"
        result = json.loads(ended.stdout)
        self.url, self.certificate = result["publicUrl"], result["certificateNumber"]
        return result

    def down(self) -> None:
        """`gacp down`."""
        ended = self.gacp("down", seconds=DOWN_SECONDS)
        assert ended.returncode == 0, f"gacp down ended with {ended.returncode}:\n{ended.stderr}"

    def processes(self) -> list[psutil.Process]:
        """Every process of this platform, supervised or left over."""
        return leftovers(self.layout)

    def pids(self) -> dict[str, int]:
        """Program name -> pid of what runs."""
        states = SupervisorClient(self.layout.supervisor_socket).states()
        return {name: state.pid for name, state in states.items() if state.pid}

    def kill(self, name: str) -> int:
        """SIGKILL to one program; its pid."""
        pid = self.pids()[name]
        psutil.Process(pid).kill()
        return pid

    def kill_everything(self) -> int:
        """SIGKILL to every process, the supervisor first so that it starts nothing again."""
        found = self.processes()
        found.sort(key=lambda process: process.pid)  # the supervisor is the oldest
        for process in found:
            kill_if_alive(process)
        psutil.wait_procs(found, timeout=10)
        return len(found)


def kill_if_alive(process: psutil.Process) -> None:
    """SIGKILL, unless it ended meanwhile."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def wait_until(what: str, so: Callable[[], bool], seconds: float) -> None:
    """Wait for a condition with a deadline."""
    until, pause = time.monotonic() + seconds, 0.02
    while not so():
        assert time.monotonic() < until, f"{what}: not so after {seconds} s"
        time.sleep(pause)
        pause = min(0.5, pause * 1.5)
