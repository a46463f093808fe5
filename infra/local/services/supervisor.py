"""One supervisord for the whole platform: starts it, and makes it run what is wanted.

Each program is a supervisord group of its own, so that one that changed is replaced while the
others run on; `services` and `app` are groups in our record (programs.json), stopped in order.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from infra.local.services import stop
from infra.local.services.errors import NotReadyError, ServicesError
from infra.local.services.launch import Program
from infra.local.services.layout import MARKER_VARIABLE, Layout
from infra.local.services.marking import minimal_environment
from infra.local.services.ports import holder, listens
from infra.local.services.programs import (
    Supervised,
    by_tier,
    read_programs,
    supervised,
    write_programs,
)
from infra.local.services.supervisor_client import SupervisorClient
from infra.local.services.supervisor_file import write_configuration
from infra.local.services.wait_for import BETWEEN_PROBES_SECONDS, wait_until_ready

START_SECONDS = 20.0
READY_SECONDS = 120.0  # a busy machine of two cores took 35
RUNNING = {"STARTING", "RUNNING", "BACKOFF"}
GAVE_UP = {"FATAL", "EXITED", "STOPPED", "UNKNOWN"}
# supervisord goes on trying for a minute; whoever waits for the first start is told sooner.
PATIENCE = 3


@dataclass(slots=True)
class Applied:
    """What `apply` did, by program name."""

    started: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])


class Tries:
    """How often each program was seen to start."""

    def __init__(self) -> None:
        self._starts: dict[str, set[int]] = {}

    def count(self, name: str, since: int) -> int:
        """Starts of `name` seen so far, told apart by their time."""
        starts = self._starts.setdefault(name, set())
        starts.add(since)
        return len(starts)


class Supervisor:
    """The supervisor of one platform. `report` is told what happens, a line at a time."""

    def __init__(self, layout: Layout, report: Callable[[str], None] = lambda _: None) -> None:
        self._layout = layout
        self._report = report
        self.client = SupervisorClient(layout.supervisor_socket)

    def running(self) -> bool:
        """Whether this platform's supervisord runs and answers."""
        return stop.running_supervisor(self._layout) is not None and self.client.answers()

    def ensure_running(self) -> None:
        """Start supervisord where it doesn't run; what a killed one left behind is ended first.

        Raises `ServicesError` where it doesn't start.
        """
        if self.running():
            return
        if ended := stop.end_leftovers(self._layout, report=self._report):
            self._report(f"{ended} processes of a supervisor that was killed are ended")
        stop.forget_supervisor(self._layout)
        write_configuration(self._layout, [])
        self._layout.supervisor_socket.unlink(missing_ok=True)
        command = [
            *(str(self._layout.python), "-m", "supervisor.supervisord"),
            *("-c", str(self._layout.supervisor_configuration)),
        ]
        done = subprocess.run(
            command,
            cwd=self._layout.local,
            env={**minimal_environment(), MARKER_VARIABLE: self._layout.marker},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        if done.returncode:
            raise ServicesError(f"supervisord did not start: {(done.stdout + done.stderr).strip()}")
        self._wait(self.client.answers, f"supervisord ({self._layout.log}/supervisord.log)")
        stop.record_supervisor(self._layout, self.client.pid())

    def apply(self, group: str, wanted: Sequence[Program]) -> Applied:
        """Make the group consist of these programs, running and ready.

        What runs with an unchanged definition is not touched. Raises `NotReadyError` with the
        end of the log of a program that doesn't come up.
        """
        self.ensure_running()
        before = read_programs(self._layout)
        after = {program.name: supervised(program, group, self._layout) for program in wanted}
        others = {name: old for name, old in before.items() if old.group != group}
        changed = [
            old
            for name, old in before.items()
            if old.group == group and (name not in after or after[name].digest != old.digest)
        ]
        self._stop(changed)
        for old in changed:
            self.client.remove(old.name)
        write_programs(self._layout, {**others, **after})
        write_configuration(self._layout, [*others.values(), *after.values()])
        self.client.reread()
        for name in after:
            self.client.add(name)
        result = Applied(removed=[old.name for old in changed if old.name not in after])
        for tier in by_tier(list(after.values())):
            self._start(tier, result)
        return result

    def stop_group(self, group: str) -> list[str]:
        """Stop a group's programs, the highest tier first; gives back those that ran."""
        members = [p for p in read_programs(self._layout).values() if p.group == group]
        return self._stop(members)

    def shutdown(self) -> int:
        """End supervisord and whatever is left; gives back how many leftovers there were.

        It also works where supervisord itself was killed. Raises `ServicesError` for what
        can't be ended.
        """
        pid = stop.running_supervisor(self._layout)
        if pid is not None and self.client.answers():
            self.client.shutdown()
            self._wait(
                lambda: stop.running_supervisor(self._layout) is None,
                f"the end of supervisord ({pid})",
            )
        ended = stop.end_leftovers(self._layout, report=self._report)
        stop.forget_supervisor(self._layout)
        self._layout.supervisor_socket.unlink(missing_ok=True)
        return ended

    def _start(self, tier: Sequence[Supervised], result: Applied) -> None:
        states = self.client.states()
        began, tries = time.monotonic(), Tries()
        for program in tier:
            if states[program.name].state in RUNNING:
                result.kept.append(program.name)
            else:
                self.client.start(program.name)
                result.started.append(program.name)
        wait_until_ready(
            {program.name: ready for program in tier if (ready := program.ready) is not None},
            READY_SECONDS,
            watch=lambda name: self._must_run(name, tries),
            ours=self._stranger,
            ready=lambda name: (
                self._report(f"{name} ready after {time.monotonic() - began:.1f} s")
                if name in result.started
                else None
            ),
        )

    def _stranger(self, name: str) -> str | None:
        """Why what answered is not this platform's `name`; two platforms may want one port."""
        probe = read_programs(self._layout)[name].ready
        state = self.client.states()[name]
        if probe is None or (state.pid and listens(state.pid, probe.port)):
            return None
        return f"port {probe.port} is held by {holder(probe.port)}, not by {name}"

    def _must_run(self, name: str, tries: Tries) -> None:
        state = self.client.states()[name]
        if state.state in GAVE_UP or tries.count(name, state.since) > PATIENCE:
            raise NotReadyError(
                f"{name} does not stay up ({state.state}{': ' if state.problem else ''}"
                f"{state.problem}); the end of {self._layout.log / name}.log:\n{self._tail(name)}"
            )

    def _tail(self, name: str, lines: int = 15) -> str:
        log = self._layout.log / f"{name}.log"
        text = log.read_text(errors="replace") if log.exists() else "(empty)"
        return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])

    def _stop(self, programs: Collection[Supervised]) -> list[str]:
        if not programs or not self.running():
            return []
        stopped: list[str] = []
        for tier in reversed(by_tier(list(programs))):
            names = {program.name for program in tier}
            running = [n for n, s in self.client.states().items() if n in names and s.pid]
            for name in names & set(self.client.states()):
                self.client.stop(name)  # also ends a program that waits for its next try
            longest = max(program.stop_seconds for program in tier)
            self._wait(
                lambda names=names: (
                    not any(
                        state.pid for name, state in self.client.states().items() if name in names
                    )
                ),
                f"the end of {', '.join(sorted(names))}",
                longest + START_SECONDS,
            )
            stopped += running
        return stopped

    def _wait(
        self, condition: Callable[[], bool], what: str, seconds: float = START_SECONDS
    ) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise ServicesError(
                    f"waited {seconds:.0f} s for {what}: see {self._layout.log}, then `make down`"
                )
            time.sleep(BETWEEN_PROBES_SECONDS)
