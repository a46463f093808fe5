"""How much memory everything takes that `make up` runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.local.services.layout import Layout
from infra.local.services.stop import leftovers

KIB = 1024
GIB = KIB**3
LIMIT_BYTES = int(2.5 * GIB)  # the figure that the first milestone promises
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """One process; `pss` in bytes: its own pages, and its share of those it has in common."""

    pid: int
    name: str
    pss: int


class MemoryUnknownError(RuntimeError):
    """This machine doesn't say how much memory a process takes."""


def measure(layout: Layout) -> tuple[ProcessMemory, ...]:
    """Every process of the platform, largest first. Raises `MemoryUnknownError` off Linux."""
    if not (PROC / "self/smaps_rollup").exists():
        raise MemoryUnknownError("no /proc/PID/smaps_rollup here: memory is measured on Linux only")
    pids = [process.pid for process in leftovers(layout)]
    return tuple(sorted(_measured(pids), key=lambda one: -one.pss))


def _measured(pids: Iterable[int]) -> Iterable[ProcessMemory]:
    for pid in pids:
        folder = PROC / str(pid)
        try:
            rollup = (folder / "smaps_rollup").read_text()
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile: it takes nothing
        yield ProcessMemory(pid, describe(words), pss_bytes(rollup))


def pss_bytes(rollup: str) -> int:
    """The Pss line of a smaps_rollup (proc_pid_smaps(5)), which is in KiB, in bytes."""
    for line in rollup.splitlines():
        name, _, value = line.partition(":")
        if name == "Pss":
            return int(value.split()[0]) * KIB
    return 0


def describe(words: list[bytes]) -> str:
    """A short name of a process from its command line: program, and the module it runs."""
    parts = [word.decode(errors="replace") for word in words if word]
    if not parts:
        return "?"
    name = Path(parts[0].split(" ")[0]).name
    if "-m" in parts[:-1]:
        module = parts.index("-m") + 1
        return " ".join([name, *parts[module : module + 2]])
    return name


def report(processes: Iterable[ProcessMemory]) -> str:
    """A table with the sum, against the limit."""
    listed = list(processes)
    lines = [f"{one.pss / KIB**2:>8.0f} MiB  {one.pid:>7}  {one.name}" for one in listed]
    total = sum(one.pss for one in listed)
    word = "within" if total <= LIMIT_BYTES else "OVER"
    lines.append(
        f"{total / KIB**2:>8.0f} MiB  sum of PSS of {len(listed)} processes, "
        f"{word} the limit of {LIMIT_BYTES / KIB**2:.0f} MiB"
    )
    return "\n".join(lines)


def within_limit(processes: Iterable[ProcessMemory]) -> bool:
    """Whether there is anything to measure, and it is not too much."""
    total = sum(one.pss for one in processes)
    return 0 < total <= LIMIT_BYTES
