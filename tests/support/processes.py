"""Programs as child processes of the test run, without a supervisor."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.services.errors import NotReadyError
from infra.local.services.launch import Program
from infra.local.services.marking import process_environment
from infra.local.services.wait_for import wait_until_ready

READY_SECONDS = 60.0


@dataclass(slots=True)
class Processes:
    """Starts, kills and ends programs by pid; each has a process group and a log of its own."""

    folder: Path
    _running: dict[str, tuple[Program, subprocess.Popen[bytes]]] = field(default_factory=dict)

    def start(self, *programs: Program, wait: bool = True) -> None:
        """Start them side by side and wait until all are ready."""
        for program in programs:
            self._running[program.name] = (program, self._spawn(program))
        if wait:
            self.wait(*(program.name for program in programs))

    def wait(self, *names: str) -> None:
        """Wait until these are ready; a process that ended meanwhile is an error with its log."""
        probes = {n: ready for n in names if (ready := self._running[n][0].ready) is not None}
        wait_until_ready(probes, READY_SECONDS, watch=self._must_run)

    def pid(self, name: str) -> int:
        return self._running[name][1].pid

    def log(self, name: str) -> str:
        """What the program has printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def kill(self, name: str) -> None:
        """SIGKILL to the whole process group, and wait for the end."""
        self._signal(name, signal.SIGKILL)
        self._running[name][1].wait(timeout=10)

    def restart(self, name: str) -> None:
        """Start the same program again (after `kill`) on the same port with the same data."""
        self.start(self._running[name][0])

    def stop(self) -> None:
        """End everything: the asked-for signal first, SIGKILL for what doesn't hear it."""
        for name, (program, process) in self._running.items():
            if process.poll() is None:
                self._signal(name, signal.Signals[f"SIG{program.stop_signal}"])
        for name, (program, process) in self._running.items():
            try:
                process.wait(timeout=program.stop_seconds)
            except subprocess.TimeoutExpired:
                self.kill(name)
            self._signal(name, signal.SIGKILL)  # workers that outlived their master
        self._running.clear()

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{program.name}.log").open("ab") as log:
            return subprocess.Popen(
                (*_leave_with_parent(), *program.argv),
                cwd=program.directory,
                env=process_environment(program, f"tests:{self.folder}"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _signal(self, name: str, number: signal.Signals) -> None:
        try:
            os.killpg(self._running[name][1].pid, number)
        except ProcessLookupError:
            return

    def _must_run(self, name: str) -> None:
        code = self._running[name][1].poll()
        if code is not None:
            raise NotReadyError(f"{name} ended with {code}:\n{self.log(name)[-3000:]}")


def _leave_with_parent() -> tuple[str, ...]:
    """Let the kernel end the child with a killed test run (prctl(2), PR_SET_PDEATHSIG)."""
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()
