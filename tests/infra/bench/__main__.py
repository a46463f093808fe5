"""`make bench-program`: what previews and updates of production cost, and how big the program is.

The peer is a program without components, functions or configuration that registers the same
resources with the same values (`flat.py`), run by the same engine in the same way. Both take turns;
the ratio is of the medians. Seconds of a busy machine say little, the ratio and CPU seconds do.
"""

from __future__ import annotations

import ast
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.lib.platform.summary import table
from tests.architecture.test_sizes import FUNCTION_LINES, MODULE_LINES
from tests.infra.bench.flat import flat_program
from tests.support import stacks
from tests.support.recording import run_program
from tests.support.stacks import Engine, stack_configuration

STACK = "prod"
TURNS = 5
PREVIEW_SECONDS, PREVIEW_RATIO, UP_SECONDS = 10.0, 1.2, 60.0
PROFILES = ("cluster", "host")
SHOWN = 5


class Flat(Engine):
    """A stack whose program is the flat one."""

    @property
    def project(self) -> Path:
        return self.folder / "flat"


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu: float


def cost_of(work: Callable[[], object]) -> Cost:
    """Seconds of the wall and of the CPU, child processes included."""
    began, used = time.monotonic(), _cpu()
    work()
    return Cost(time.monotonic() - began, _cpu() - used)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def started(folder: Path, profile: str) -> Engine:
    return stacks.start(folder, STACK, stack_configuration(STACK, profile))


def flat_of(engine: Engine, folder: Path, profile: str) -> Flat:
    """The same stack, empty as well, with the flat program in the place of ours."""
    stacks.copy(engine, folder)
    flat = Flat(folder, STACK)
    flat.project.mkdir()
    (flat.project / "Pulumi.yaml").write_text("name: gacp\nruntime: python\nmain: .\n", "utf-8")
    graph = run_program(STACK, stack_configuration(STACK, profile))
    (flat.project / "__main__.py").write_text(flat_program(graph), "utf-8")
    return flat


def preview(folder: Path, profile: str) -> tuple[str, ...]:
    """Previews of both programs from nothing, in turns."""
    ours = started(folder / profile, profile)
    flat = flat_of(ours, folder / f"{profile}-flat", profile)
    costs: dict[str, list[Cost]] = {"ours": [], "flat": []}
    for turn in range(TURNS + 1):
        for name, engine in (("ours", ours), ("flat", flat)):
            cost = cost_of(lambda engine=engine: engine.run("preview"))
            if turn:  # the first fills caches
                costs[name].append(cost)
    seconds = {name: statistics.median(c.seconds for c in each) for name, each in costs.items()}
    cpu = {name: statistics.median(c.cpu for c in each) for name, each in costs.items()}
    ratio = seconds["ours"] / seconds["flat"]
    return (
        f"preview {STACK} {profile}",
        f"{seconds['ours']:.1f} s ({cpu['ours']:.1f} s CPU)",
        f"{ratio:.2f} × flat ({seconds['flat']:.1f} s); CPU {cpu['ours'] / cpu['flat']:.2f} ×",
        f"≤ {PREVIEW_SECONDS:.0f} s, ≤ {PREVIEW_RATIO} × flat",
        "ok" if seconds["ours"] <= PREVIEW_SECONDS and ratio <= PREVIEW_RATIO else "MISSED",
    )


def update(folder: Path, profile: str) -> tuple[str, ...]:
    engine = Engine(folder / profile, STACK)
    cost = cost_of(lambda: engine.run("up", "--yes"))
    made = len(engine.records("list"))
    return (
        f"up {STACK} {profile}",
        f"{cost.seconds:.1f} s ({cost.cpu:.1f} s CPU)",
        f"{made} resources on AWS",
        f"≤ {UP_SECONDS:.0f} s",
        "ok" if cost.seconds <= UP_SECONDS else "MISSED",
    )


def sizes() -> list[tuple[str, ...]]:
    """The longest constructors of components, and the longest modules of the program."""
    constructors: list[tuple[int, str]] = []
    modules: list[tuple[int, str]] = []
    for path in sorted((stacks.ROOT / "infra").rglob("*.py")):
        where = path.relative_to(stacks.ROOT)
        if where.is_relative_to("infra/local"):
            continue
        text = path.read_text("utf-8")
        modules.append((len(text.splitlines()), str(where)))
        constructors += [
            ((node.end_lineno or node.lineno) - node.lineno + 1, f"{where} {owner.name}")
            for owner in ast.walk(ast.parse(text))
            if isinstance(owner, ast.ClassDef)
            for node in owner.body
            if isinstance(node, ast.FunctionDef) and node.name == "__init__"
        ]
    return [
        *_largest("constructor", constructors, FUNCTION_LINES),
        *_largest("module", modules, MODULE_LINES),
    ]


def _largest(what: str, found: list[tuple[int, str]], limit: int) -> list[tuple[str, ...]]:
    found = sorted(found, reverse=True)
    median = statistics.median(lines for lines, _ in found)
    return [
        (f"{len(found)} {what}s", f"median {median:.0f} lines", "", f"≤ {limit}", "ok"),
        *(
            (f"  {where}", f"{lines} lines", "", "", "ok" if lines <= limit else "MISSED")
            for lines, where in found[:SHOWN]
        ),
    ]


def main() -> int:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; median of {TURNS}")
    with tempfile.TemporaryDirectory(prefix="gacp-bench-") as name:
        folder = Path(name)
        rows = [preview(folder, profile) for profile in PROFILES]
        rows += [update(folder, profile) for profile in PROFILES]
    rows += sizes()
    print(table(rows))
    return 1 if any(row[-1] == "MISSED" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
