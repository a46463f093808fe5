"""`make bench-engine`: what a preview and an update of many resources cost the local engine.

Prints a table: seconds of the whole command (and CPU seconds of the engine's own process), seconds
from start to the first step that is shown, peak memory of the engine, bytes that it gave to files,
and for `up` the CPU seconds per resource against the smallest stack: 1 means that growth is linear.
Wall times of a busy machine say little; the ratio and the CPU seconds do.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.lib.platform.summary import table
from tests.support.probe import YES, Project, make_project, quick_probe

SIZES = (250, 500, 1000, 2000)
STEPS = (" +", " -", " ~")
TICKS = os.sysconf("SC_CLK_TCK")
HEAD = ("resources", "command", "s", "engine CPU s", "first step s", "MiB", "MB written", "ratio")


@dataclass(frozen=True)
class Figures:
    """Of one command. `cpu`, `memory` (MiB) and `written` (MB) are the engine's process alone."""

    seconds: float
    cpu: float
    first: float
    memory: float
    written: float


def program(size: int) -> str:
    """Ten in a row depend on each other; each carries what a small resource carries."""
    return (
        "before = None\n"
        f"for n in range({size}):\n"
        "    before = Thing(\n"
        "        f'thing-{n:04}',\n"
        "        value=before.serial if before is not None and n % 10 else n,\n"
        "        tags={'Name': f'thing-{n}', 'Stack': 'bench', 'Owner': 'nobody'},\n"
        "        items=['a', 'b', 'c'],\n"
        "        secretValue=pulumi.Output.secret(f'hush-{n}') if n % 20 == 0 else None,\n"
        "    )\n"
    )


def measure(project: Project, *words: str) -> Figures:
    """Runs a command. Raises CalledProcessError where it fails."""
    began = time.monotonic()
    process = project.start(*words)
    first, seen = 0.0, (0.0, 0.0, 0.0)
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(process.stdout or ()), daemon=True)
    reader.start()
    while process.poll() is None:
        seen = usage(process.pid) or seen
        if not first and any(line.startswith(STEPS) for line in said[:20]):
            first = time.monotonic() - began
        time.sleep(0.005)
    seconds = time.monotonic() - began
    reader.join(10)
    if process.returncode:
        errors = process.stderr.read() if process.stderr else ""
        raise subprocess.CalledProcessError(process.returncode, words, "".join(said), errors)
    project.started.remove(process)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    return Figures(seconds, seen[0], first, *seen[1:])


def usage(pid: int) -> tuple[float, float, float] | None:
    """(CPU seconds, peak MiB, MB given to files) of a process so far."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
        io = Path(f"/proc/{pid}/io").read_text()
        peak = int(status.split("VmHWM:")[1].split()[0])
        written = int(io.split("write_bytes:")[1].split()[0])
    except (OSError, IndexError):
        return None
    return (int(stat[11]) + int(stat[12])) / TICKS, peak / 1024, written / 1e6


def rows_of(size: int, folder: Path) -> list[tuple[str, Figures]]:
    project = make_project(folder)
    quick_probe(project)
    project.program(program(size))
    commands = {
        "preview": ("preview",),
        "up": ("up", *YES),
        "up again": ("up", *YES, "--expect-no-changes"),
        "refresh": ("refresh", *YES),
        "destroy": ("destroy", *YES),
    }
    return [(name, measure(project, *words)) for name, words in commands.items()]


def start_of_one() -> float:
    """Seconds; the first steps of a large program wait for the program's own Python."""
    with tempfile.TemporaryDirectory(prefix="bench-engine-") as folder:
        project = make_project(Path(folder) / "project")
        project.program("Thing('one')\n")
        return min(measure(project, "preview").first for _ in range(3))


def main() -> int:
    """Exit code 0 measured, 1 where a command failed."""
    parser = argparse.ArgumentParser(prog="bench-engine", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    sizes = parser.parse_args().sizes
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    rows: list[tuple[str, ...]] = [HEAD]
    base: dict[str, float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-engine-") as folder:
            try:
                found = rows_of(size, Path(folder) / "project")
            except subprocess.CalledProcessError as error:
                print(f"{error.cmd} failed: {error.output[-2000:]} {error.stderr[-2000:]}")
                return 1
        for name, f in found:
            each = f.cpu / size
            ratio = each / base.setdefault(name, each)
            numbers = (f.seconds, f.cpu, f.first, f.memory, f.written, ratio)
            rows.append((str(size), name, *(f"{number:.2f}" for number in numbers)))
        print(f"{size} resources measured", file=sys.stderr)
    print(table(rows))
    print(f"start to first step, one resource: {start_of_one():.2f} s (best of three)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
