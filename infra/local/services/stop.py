"""Finds and ends what is left of a platform; never anything else.

A process is a platform's own if its environment carries the platform's mark, or if it belongs to
the session of the recorded supervisor and works in the platform's folders (programs that write a
title over their environment, as nginx does, are known by that alone). The kernel gives no new
process a number that still names a session, so a session's number is safe as long as one member
lives; that it was given away after the last one died shows in the leader's start time.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from infra.local.services.errors import ServicesError
from infra.local.services.files import write_atomically
from infra.local.services.layout import MARKER_VARIABLE, Layout

RECORD = "supervisor.json"


@dataclass(frozen=True, slots=True)
class SupervisorRecord:
    """The supervisor as it was started: its pid is also its session."""

    pid: int
    birth: str  # see birth()


def world() -> str:
    """This boot of this machine, and within it the container: pids mean nothing elsewhere."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    if not boot.exists():
        return f"{psutil.boot_time():.0f}"
    return f"{boot.read_text().strip()}/{Path('/proc/self/ns/pid').readlink()}"


def birth(pid: int) -> str | None:
    """What tells a process from a later one with the same number; `None` where none lives.

    Clock ticks since boot (proc(5), starttime), which a corrected clock doesn't move.
    """
    stat = Path(f"/proc/{pid}/stat")
    try:
        if stat.parent.parent.joinpath("self").exists():
            # The name in parentheses may hold spaces: fields are counted after the last one.
            fields = stat.read_text().rpartition(")")[2].split()
            return None if fields[0] == "Z" else fields[19]
        return f"{psutil.Process(pid).create_time():.2f}"
    except (OSError, psutil.Error):
        return None


def record_supervisor(layout: Layout, pid: int) -> None:
    """Remember a supervisor that runs. Raises `ServicesError` if it ended meanwhile."""
    born = birth(pid)
    if born is None:
        raise ServicesError(
            f"supervisord ({pid}) ended at once: see {layout.log / 'supervisord.log'}"
        )
    record = SupervisorRecord(pid, f"{world()} {born}")
    write_atomically(layout.run / RECORD, json.dumps(asdict(record)) + "\n")


def recorded_supervisor(layout: Layout) -> SupervisorRecord | None:
    """The record, or `None` where there is none of this boot."""
    path = layout.run / RECORD
    if not path.exists():
        return None
    record = SupervisorRecord(**json.loads(path.read_text()))
    return record if record.birth.startswith(world() + " ") else None


def running_supervisor(layout: Layout) -> int | None:
    """The pid of the platform's supervisor where it runs."""
    record = recorded_supervisor(layout)
    return record.pid if record and _is_leader(record) else None


def forget_supervisor(layout: Layout) -> None:
    (layout.run / RECORD).unlink(missing_ok=True)


def leftovers(layout: Layout) -> list[psutil.Process]:
    """Every process of the platform, supervised or orphaned, the supervisor itself included."""
    record = recorded_supervisor(layout)
    session = record.pid if record and _session_is_ours(record) else None
    me = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [
        process
        for process in psutil.process_iter()
        if process.pid not in me and _belongs(process, layout, session)
    ]


def end(
    processes: Sequence[psutil.Process],
    seconds: float,
    report: Callable[[str], None] = lambda _: None,
) -> None:
    """SIGTERM, and SIGKILL for what still runs after `seconds`.

    Raises `ServicesError` naming what even that didn't end (a process in the kernel's hands).
    """
    # psutil compares start times before it signals: a number given to somebody else is left alone.
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            report(f"ending leftover {process.pid} ({process.name()})")
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, immortal = psutil.wait_procs(alive, timeout=seconds)
    if immortal:
        pids = ", ".join(str(process.pid) for process in immortal)
        raise ServicesError(
            f"process {pids} did not end on SIGKILL: it waits in the kernel (`ps -o stat,wchan`); "
            "run `make down` again when the disk or network it waits for answers"
        )


def end_leftovers(
    layout: Layout, seconds: float = 10, report: Callable[[str], None] = lambda _: None
) -> int:
    """End everything that is left, until a look around finds nothing more; gives back how many."""
    ended, deadline = 0, time.monotonic() + 3 * seconds
    # A process that was about to fork when it was listed leaves a child: look again.
    while found := leftovers(layout):
        end(found, seconds, report)
        ended += len(found)
        if time.monotonic() > deadline:
            raise ServicesError(
                f"processes of {layout.local} keep appearing: something else starts them"
            )
    return ended


def _belongs(process: psutil.Process, layout: Layout, session: int | None) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get(MARKER_VARIABLE) == layout.marker:
            return True
        if session is None or os.getsid(process.pid) != session:
            return False
        working = Path(process.cwd())
        return any(working.is_relative_to(ours) for ours in (layout.local, layout.repository))
    except (psutil.Error, OSError):
        # Gone meanwhile, or somebody else's: nobody else's process is ours.
        return False


def _is_leader(record: SupervisorRecord) -> bool:
    return record.birth == f"{world()} {birth(record.pid)}"


def _session_is_ours(record: SupervisorRecord) -> bool:
    # No such process: the leader was killed, and the number is still the session's if any member
    # lives. Another birth: the number was given away, so no member lived any more.
    return _is_leader(record) or birth(record.pid) is None
