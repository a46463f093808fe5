"""`make test`: lint, then every tier that this machine can run, in order.

Tests run on two processes; what measures load has the machine to itself afterwards, in a pytest
run of its own.

What can't run is named with its reason before the tests start, and is a failure when CI=true;
except what no package registry has, which is listed as not run and never as passed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.services import nginx, redis
from infra.local.services.database import launcher as database
from infra.local.services.database.java import JavaError, find_java
from infra.local.services.errors import MissingToolError
from infra.local.services.layout import Layout
from scripts.lib.engine import NoCliError, find_cli
from scripts.lib.platform.summary import table

LINT = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("pyright",))
# One file's tests stay in one process: their services are started once.
PARALLEL = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
NO_TESTS = 5  # pytest's exit code where nothing was collected


@dataclass(frozen=True, slots=True)
class Tier:
    """Tests with one marker; `missing` says why this machine can't run them, or nothing."""

    name: str
    what: str
    missing: Callable[[Layout], str | None]
    alone: bool = False


def _nothing(_: Layout) -> str | None:
    return None


def _services(layout: Layout) -> str | None:
    try:
        redis.find_server()
        if not (shutil.which("mongod") or os.environ.get("MONGODB_URI")):
            find_java(os.environ)
    except (MissingToolError, JavaError) as error:
        return str(error)
    if nginx.find(layout.tools) is None and shutil.which("apt-get") is None:
        return "nginx is not installed"
    return None


# In the order of running: what is quick and says most comes first. tests/conftest.py sorts by it.
TIERS = (
    Tier("unit", "pure functions and the graph", _nothing),
    Tier("services", "the application against real services", _services),
    Tier("engine", "the program and the recordings on the local engine", _nothing),
    Tier("load", "short load runs with their verdict", _services, alone=True),
    Tier("e2e", "the platform from nothing, smoke test, stop", _services),
)
MARKED = tuple(tier.name for tier in TIERS if tier.name != "unit")


@dataclass(frozen=True, slots=True)
class Absent:
    """Something that no package registry has: its tests are listed as not run."""

    what: str
    how: str


def absent(environment: Mapping[str, str]) -> list[Absent]:
    """What of the four isn't here (docs/architecture.md, two commands on a fresh machine)."""
    found: list[Absent] = []
    try:
        find_cli(environment.get("PATH", ""))
    except NoCliError:
        found.append(Absent("the Pulumi CLI", "the same stacks through it; `pulumi` on PATH"))
    if not (shutil.which("mongod") or environment.get("MONGODB_URI")):
        found.append(Absent("a MongoDB server", "index use, TTL; `mongod` on PATH or MONGODB_URI"))
    if not (shutil.which("docker") or shutil.which("podman")):
        found.append(Absent("a container engine", "building the image; docker or podman on PATH"))
    if environment.get("GACP_AWS_ACCOUNT_TESTS") != "true":
        found.append(Absent("an AWS account", "nothing here ever touches one"))
    return found


def marker_expression(names: Sequence[str]) -> str:
    """pytest's `-m` for some tiers; unmarked tests are tier `unit`."""
    if set(names) == {tier.name for tier in TIERS}:
        return ""
    parts = [name for name in names if name != "unit"]
    if "unit" in names:
        others = [name for name in MARKED if name not in names]
        return f"not ({' or '.join(others)})" if others else ""
    return " or ".join(parts)


def lint(root: Path) -> bool:
    """ruff and pyright; whether all are content."""
    fine = True
    for words in LINT:
        began = time.monotonic()
        program = root / ".local" / "venv" / "bin" / words[0]
        done = subprocess.run([str(program), *words[1:]], cwd=root, timeout=900, check=False)
        verdict = "ok" if done.returncode == 0 else "FAILED"
        _say(f"lint: {' '.join(words)}: {verdict} ({time.monotonic() - began:.1f} s)")
        fine = fine and done.returncode == 0
    return fine


def run_tests(layout: Layout, tiers: Sequence[Tier]) -> int:
    """One pytest run over the tiers that can run; its closing line is the last thing printed."""
    reasons = {tier.name: tier.missing(layout) for tier in tiers}
    running = [tier.name for tier in tiers if reasons[tier.name] is None]
    rows = [
        (
            tier.name,
            "runs" if tier.name in running else "CANNOT RUN",
            reasons[tier.name] or tier.what,
        )
        for tier in tiers
    ]
    _say(f"tiers:\n{table(rows)}")
    if missing := absent(os.environ):
        rows = [(one.what, one.how) for one in missing]
        _say(f"not run, because no package registry has it:\n{table(rows)}")
    if not running:
        return 1
    _prepare(layout)
    together = [tier.name for tier in tiers if tier.name in running and not tier.alone]
    alone = [tier.name for tier in tiers if tier.name in running and tier.alone]
    codes = [_pytest(layout, together, PARALLEL)] if together else []
    codes += [_pytest(layout, alone, ())] if alone else []
    # The last run that failed speaks for all; an empty tier asked for by name is no failure.
    code = max(0 if c == NO_TESTS and len(tiers) == 1 else c for c in codes)
    if len(running) < len(tiers) and os.environ.get("CI") == "true":
        return code or 1
    return code


def _pytest(layout: Layout, names: Sequence[str], options: Sequence[str]) -> int:
    expression = marker_expression(names)
    chosen = ["-m", expression] if expression else []
    command = [sys.executable, "-m", "pytest", "--durations=10", *options, *chosen]
    _say(f"pytest: {', '.join(names)}")
    environment = compiling(os.environ)
    done = subprocess.run(command, cwd=layout.repository, env=environment, check=False)
    return done.returncode


def compiling(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment whose Python keeps what it compiled: tests start many hundred processes, each
    of which would compile the same modules anew."""
    return {k: v for k, v in environment.items() if k != "PYTHONDONTWRITEBYTECODE"}


def _prepare(layout: Layout) -> None:
    """Tools that tests share, made once and with progress instead of inside a test's time limit."""
    nginx.prepare(layout.tools, _say)
    if not (shutil.which("mongod") or os.environ.get("MONGODB_URI")):
        database.prepare(layout.tools, _say)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when all that ran is content (and, with CI=true, all could run)."""
    parser = argparse.ArgumentParser(prog="tiers", description=__doc__)
    names = [tier.name for tier in TIERS]
    parser.add_argument("tiers", nargs="*", help=f"of {', '.join(names)}; default: all; or none")
    parser.add_argument("--lint", action="store_true", help="ruff and pyright first")
    given = parser.parse_args(arguments)
    unknown = set(given.tiers) - {*names, "none"}
    if unknown:
        parser.error(f"no tier {', '.join(sorted(unknown))}: there is {', '.join(names)} and none")
    layout = Layout.from_environment({})
    fine = lint(layout.repository) if given.lint else True
    if given.tiers == ["none"]:
        return 0 if fine else 1
    chosen = [tier for tier in TIERS if not given.tiers or tier.name in given.tiers]
    code = run_tests(layout, chosen)
    return code if fine else (code or 1)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
