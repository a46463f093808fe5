"""`make bench`: measures the figures of the README on this machine and prints them.

Needs a platform that is up (`make up`); it changes nothing there.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from infra.local.services.layout import Layout
from scripts.lib.doctor.checks import memory
from scripts.lib.platform.summary import table

RUN_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, what came out, and what the issue allows."""

    what: str
    measured: str
    allowed: str


def measure(layout: Layout) -> list[Figure]:
    """Every figure, one after another. Raises `CalledProcessError` where a command fails."""
    python = str(layout.python)
    gacp = [python, "-m", "scripts"]
    runs: tuple[tuple[str, Sequence[str], str], ...] = (
        ("set-up when nothing is to do", [python, "scripts/bootstrap.py"], "0.5 s"),
        ("gacp --help", [*gacp, "--help"], ""),
        ("gacp preview prod --offline", [*gacp, "preview", "prod", "--offline"], "10 s"),
        ("make up again (quick smoke test included)", [*gacp, "up", "local"], "30 s"),
        ("gacp smoke", [*gacp, "smoke"], "45 s"),
    )
    timed = [Figure(what, f"{_seconds(layout, words):.1f} s", limit) for what, words, limit in runs]
    return [*timed, *(Figure("memory of all", f.detail, "2560 MiB") for f in memory(layout))]


def main(
    arguments: Sequence[str] | None = None, report: Callable[[str], object] = sys.stdout.write
) -> int:
    """Exit code 0 measured, 1 where a command failed (its own words are printed)."""
    argparse.ArgumentParser(prog="bench", description=__doc__).parse_args(arguments)
    layout = Layout.from_environment()
    load = os.getloadavg()[0]
    report(
        f"{platform.machine()}, {psutil.cpu_count()} cores, load {load:.1f} "
        "(figures of a busy machine say little)\n"
    )
    try:
        figures = measure(layout)
    except subprocess.CalledProcessError as error:
        report(f"`{' '.join(error.cmd[-3:])}` failed:\n{error.stderr[-2000:]}\n")
        return 1
    report(
        table([(f.what, f.measured, f"at most {f.allowed}" if f.allowed else "") for f in figures])
    )
    report("\n")
    return 0


def _seconds(layout: Layout, words: Sequence[str]) -> float:
    began = time.monotonic()
    subprocess.run(
        list(words),
        cwd=layout.repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=True,
    )
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
