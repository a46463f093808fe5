"""`make soak`: the long matrices, all of them, and one table of what each came to.

    python -m tests.soak [--seed N] [--lanes 2] [PART…]

The parts run side by side, one process each; what a part prints is shown when it has ended, whole,
and kept under `.local/soak/PART.log`. Exit code 0 where no part missed anything.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from scripts.lib.platform.summary import table
from scripts.lib.tiers import compiling

ROOT = Path(__file__).parents[1]
PART_SECONDS = 3 * 3600
PYTEST = ("pytest", "-q", "-p", "no:cacheprovider")
KILLS = {"GACP_KILL_INSTANTS": "200", "GACP_MATRIX_TABLE": "1"}


@dataclass(frozen=True)
class Part:
    """`words` follow `python -m`. `says` finds the part's own total in what it prints."""

    name: str
    what: str
    words: tuple[str, ...]
    says: str
    variables: dict[str, str] = field(default_factory=dict[str, str])


# The longest first, so that the lanes end together.
PARTS = (
    Part(
        "kills-together",
        "engine and children killed at half of 200 instants",
        (*PYTEST, "tests/engine/test_kill_matrix.py", "-k", "group"),
        r"kill matrix: .*",
        KILLS,
    ),
    Part(
        "kills-alone",
        "the engine alone killed at the other half",
        (*PYTEST, "tests/engine/test_kill_matrix.py", "-k", "not group"),
        r"kill matrix: .*",
        KILLS,
    ),
    Part(
        "drift",
        "drift injected, found and put right; 20 clean runs of each profile",
        ("tests.infra.drift",),
        r"(?:drift|clean runs): .*",
    ),
    Part(
        "interruptions",
        "ten interruptions of up and destroy of each stack and profile",
        (*PYTEST, "tests/infra/test_interruptions.py"),
        r"interruption matrix: .*",
        {"GACP_INTERRUPTIONS": "10", "GACP_MATRIX_TABLE": "1"},
    ),
    Part(
        "life",
        "each stack and profile through its life",
        (*PYTEST, "tests/infra/test_life_cycle.py", "tests/infra/test_upgrade.py"),
        r"\d+ passed.*",
        {"GACP_LIFE_CELLS": "all"},
    ),
    Part(
        "types",
        "create, read, update and delete of each type go wrong in two ways",
        ("tests.infra.faults",),
        r"faults: .*",
    ),
    Part(
        "faults",
        "calls to both providers go wrong in seven ways",
        (*PYTEST, "tests/engine/test_fault_matrix.py"),
        r"fault matrix: .*",
        {"GACP_FAULT_CELLS": "all", "GACP_MATRIX_TABLE": "1"},
    ),
    Part(
        "seeds",
        "the graph of each stack under twenty hash seeds",
        (*PYTEST, "tests/infra/test_determinism.py"),
        r"\d+ passed.*",
        {"GACP_HASH_SEEDS": "20"},
    ),
    Part(
        "mutants",
        "single misconfigurations of the graphs",
        ("tests.infra.policy.mutants",),
        r".* of \d+ mutants caught.*",
    ),
)


@dataclass(frozen=True)
class Ended:
    part: Part
    code: int
    seconds: float
    output: str

    @property
    def totals(self) -> str:
        found = re.findall(self.part.says, self.output)
        return "; ".join(found) or "said no total"

    @property
    def misses(self) -> list[str]:
        """Lines that name what missed; a part that failed without one is a miss itself."""
        named = re.findall(r"^(?:MISS|FAILED|ERROR) .*", self.output, re.MULTILINE)
        return named or ([f"exit code {self.code}"] if self.code else [])

    @property
    def fine(self) -> bool:
        return self.code == 0 and not self.misses and self.totals != "said no total"


def run(part: Part, seed: int, logs: Path) -> Ended:
    """Runs a part to its end; what it said is in a file meanwhile."""
    began = time.monotonic()
    seeds = {"GACP_KILL_SEED": str(seed), "GACP_SEED": str(seed)}
    log = logs / f"{part.name}.log"
    with log.open("wb") as file:
        done = subprocess.run(
            [sys.executable, "-m", *part.words],
            cwd=ROOT,
            env={**compiling(os.environ), **seeds, **part.variables},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            timeout=PART_SECONDS,
            check=False,
        )
    output = log.read_text(encoding="utf-8", errors="replace")
    return Ended(part, done.returncode, time.monotonic() - began, output)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 where anything missed, 2 for wrong use."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="repeats a run")
    parser.add_argument("--lanes", type=int, default=2, help="parts at a time (2)")
    names = [part.name for part in PARTS]
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(names)}")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(names):
        parser.error(f"no part {', '.join(sorted(unknown))}: there is {', '.join(names)}")
    chosen = [part for part in PARTS if not given.parts or part.name in given.parts]
    logs = ROOT / ".local" / "soak"
    logs.mkdir(parents=True, exist_ok=True)
    say(f"soak: {len(chosen)} parts, {given.lanes} at a time, seed {given.seed}")
    began, ended = time.monotonic(), list[Ended]()
    with ThreadPoolExecutor(given.lanes) as pool:
        for future in as_completed(pool.submit(run, part, given.seed, logs) for part in chosen):
            one = future.result()
            ended.append(one)
            say(f"\n===== {one.part.name}: {one.part.what} ({one.seconds:.0f} s)\n{one.output}")
    return conclude(ended, given.seed, time.monotonic() - began)


def conclude(ended: list[Ended], seed: int, seconds: float) -> int:
    """Prints the table, what missed by name, and the total."""
    rows = [
        (one.part.name, "ok" if one.fine else "MISSED", f"{one.seconds:.0f} s", one.totals)
        for one in sorted(ended, key=lambda one: one.part.name)
    ]
    say(f"\n===== soak\n{table(rows)}")
    for one in ended:
        for miss in one.misses:
            say(f"{one.part.name}: {miss}")
    fine = sum(one.fine for one in ended)
    say(
        f"soak: {fine} of {len(ended)} parts hold, seed {seed}, {seconds / 60:.0f} min"
        + ("" if fine == len(ended) else f"; again: make soak SEED={seed}")
    )
    return 0 if fine == len(ended) else 1


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
