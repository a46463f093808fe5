"""First checks of this machine's platform: what each saw, and what to do if that is wrong."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

from infra.local.services import nginx, redis, stop
from infra.local.services.endpoints import read_endpoints
from infra.local.services.errors import MissingToolError, ServicesError
from infra.local.services.layout import Layout
from infra.local.services.ports import PortBook, holder, is_free
from infra.local.services.programs import Supervised, read_programs
from infra.local.services.supervisor import Supervisor
from infra.local.services.supervisor_client import ProcessState
from infra.local.services.wait_for import ask
from scripts.lib.command import lock_holder
from scripts.lib.setup.environment import is_done

LOW_DISK_BYTES = 2 * 1024**3
GIGABYTE = 1024**3
LARGEST_MEMORY_BYTES = 5 * 1024**3 // 2  # what `make up` may take in all
RESTART_REMEDY = "`make down`, then `make up`"


class Verdict(StrEnum):
    """What a check comes to. Only `WRONG` makes `doctor` end with 1."""

    FINE = "ok"
    WRONG = "WRONG"
    IDLE = "-"  # nothing to look at: the platform is not up


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was seen, what to do."""

    check: str
    verdict: Verdict
    detail: str
    remedy: str = ""


type Check = Callable[[Layout], list[Finding]]


def diagnose(layout: Layout, checks: Sequence[Check]) -> list[Finding]:
    """Run every check. One that can't look is itself a finding."""
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check(layout)
        except (OSError, ValueError, KeyError, ServicesError) as error:
            name = check.__name__.replace("_", " ")
            findings.append(Finding(name, Verdict.WRONG, f"can't look: {error!r}", RESTART_REMEDY))
    return findings


def versions(layout: Layout) -> list[Finding]:
    """Python as wanted, and the environment as the locks say."""
    python = platform.python_version()
    wanted = sys.version_info[:2] >= (3, 12)
    fresh = is_done(layout.repository)
    return [
        Finding("Python", _verdict(wanted), python, "`make setup` installs 3.13"),
        Finding(
            "environment",
            _verdict(fresh),
            "as the locks say" if fresh else "older than the locks",
            "`make setup`",
        ),
    ]


def tools(layout: Layout) -> list[Finding]:
    """What the platform runs and doesn't bring along."""
    found = nginx.find(layout.tools)
    findings = [
        Finding(
            "nginx",
            _verdict(found is not None or shutil.which("apt-get") is not None),
            found or "not installed; `make up` unpacks Debian's package",
            "install nginx (`sudo apt-get install nginx`)",
        )
    ]
    try:
        findings.append(Finding("Redis", Verdict.FINE, redis.find_server()))
    except MissingToolError as error:
        findings.append(Finding("Redis", Verdict.WRONG, "not found", str(error)))
    return findings


def disk(layout: Layout) -> list[Finding]:
    """Room for data and logs: a full disk stops every write."""
    free = shutil.disk_usage(_existing(layout.local)).free
    return [
        Finding(
            "disk",
            _verdict(free >= LOW_DISK_BYTES),
            f"{free / GIGABYTE:.1f} GB free for {layout.local}",
            f"free some space: under {LOW_DISK_BYTES / GIGABYTE:.0f} GB the database may stop",
        )
    ]


def lock(layout: Layout) -> list[Finding]:
    """Whether somebody is at work."""
    holds = lock_holder(layout.run / "gacp.lock")
    return [Finding("lock", Verdict.FINE, f"held by {holds}" if holds else "free")]


def ports(layout: Layout) -> list[Finding]:
    """Remembered ports: free, or held by our own programs."""
    own = _running(layout)
    findings: list[Finding] = []
    for name, port in sorted(PortBook(layout.ports_file).remembered().items()):
        owner = name.removesuffix("-view") if name != "edge" else "nginx"
        taken = not is_free(port) and owner not in own
        if taken:
            findings.append(
                Finding(
                    f"port {port}",
                    Verdict.WRONG,
                    f"of {name}, held by {holder(port)}",
                    "stop that process, or `gacp up local --new-ports`",
                )
            )
    return findings or [Finding("ports", Verdict.FINE, "free or our own")]


def programs(layout: Layout) -> list[Finding]:
    """Every supervised program runs and answers its probe."""
    applied = read_programs(layout)
    if stop.running_supervisor(layout) is None:
        left = stop.leftovers(layout)
        if left:
            detail = f"killed; {len(left)} of its processes still run"
            return [Finding("supervisor", Verdict.WRONG, detail, "`make up` (or `make down`)")]
        return [Finding("supervisor", Verdict.IDLE, "not running; `make up` starts the platform")]
    states = Supervisor(layout).client.states()
    return [_program(program, states.get(program.name), layout) for program in applied.values()]


def endpoints(layout: Layout) -> list[Finding]:
    """The file that the stack's provider reads."""
    if not layout.endpoints_file.exists():
        return [Finding("endpoints", Verdict.IDLE, "none yet")]
    count = len(read_endpoints(layout.endpoints_file))
    return [Finding("endpoints", Verdict.FINE, f"{count} services")]


def state(layout: Layout) -> list[Finding]:
    """Stack `local`'s state can be read, and no update was left half way."""
    file = layout.state / ".pulumi" / "stacks" / "gacp" / "local.json"
    if not file.exists():
        return [Finding("state", Verdict.IDLE, "stack local isn't up yet")]
    try:
        latest: Mapping[str, object] = json.loads(file.read_text())["checkpoint"]["latest"] or {}
    except (ValueError, KeyError, TypeError) as error:
        remedy = f"restore the newest good copy from {layout.state}/.pulumi/backups"
        return [Finding("state", Verdict.WRONG, f"can't be read: {error!r}", remedy)]
    pending = latest.get("pending_operations")
    if isinstance(pending, list) and pending:
        detail = f"{len(pending)} operations were interrupted"
        return [Finding("state", Verdict.WRONG, detail, "`make up` goes on with them")]
    resources = latest.get("resources")
    count = len(resources) if isinstance(resources, list) else 0
    return [Finding("state", Verdict.FINE, f"{count} resources")]


def memory(layout: Layout) -> list[Finding]:
    """What everything that runs takes: the sum of its shares (PSS), shared pages counted once."""
    running = stop.leftovers(layout)
    if not running:
        return [Finding("memory", Verdict.IDLE, "nothing runs")]
    total = sum(_share(process) for process in running)
    detail = f"{total / 1024**2:.0f} MiB (PSS) in {len(running)} processes"
    return [
        Finding(
            "memory",
            _verdict(total <= LARGEST_MEMORY_BYTES),
            detail,
            f"more than {LARGEST_MEMORY_BYTES / GIGABYTE:.1f} GiB: {RESTART_REMEDY}",
        )
    ]


CHECKS: tuple[Check, ...] = (versions, tools, disk, lock, ports, endpoints, state, programs, memory)


def _share(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
    return int(getattr(full, "pss", full.rss))  # only Linux knows shares


def _program(program: Supervised, seen: ProcessState | None, layout: Layout) -> Finding:
    remedy = f"read {layout.log / program.name}.log, then {RESTART_REMEDY}"
    if seen is None or not seen.pid:
        detail = f"{seen.state if seen else 'unknown'} {seen.problem if seen else ''}".strip()
        return Finding(program.name, Verdict.WRONG, detail, remedy)
    reason = ask(program.ready) if program.ready else None
    if reason:
        return Finding(program.name, Verdict.WRONG, f"runs ({seen.pid}), but {reason}", remedy)
    return Finding(program.name, Verdict.FINE, f"runs ({seen.pid}) and answers")


def _running(layout: Layout) -> set[str]:
    if stop.running_supervisor(layout) is None:
        return set()
    return {n for n, state in Supervisor(layout).client.states().items() if state.pid}


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _verdict(fine: bool) -> Verdict:
    return Verdict.FINE if fine else Verdict.WRONG
