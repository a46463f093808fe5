"""What a record of an update says about where it was made."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from infra.local.engine import VERSION
from infra.local.engine.program import interpreter

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.engine.arguments import Arguments
    from infra.local.engine.project import Project


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _runtime(project: Project) -> dict[str, str]:
    """What runs the program; the words are those of the CLI's Python host."""
    runtime = project.document.get("runtime")
    options = (runtime.get("options") or {}) if isinstance(runtime, dict) else {}
    found = {
        "runtime.executable": interpreter(project),
        "runtime.metadata.toolchain": str(options.get("toolchain", "pip")).capitalize(),
        "runtime.metadata.typechecker": str(options.get("typechecker", "none")).capitalize(),
        "runtime.name": "python",
        "runtime.version": platform.python_version(),
    }
    try:
        found["runtime.metadata.toolchainVersion"] = version("pip")
    except PackageNotFoundError:
        return found
    return found


def describe(project: Project, arguments: Arguments, kind: str) -> dict[str, str]:
    """Keys as the CLI writes them for an operation of that kind; of variables and flags only
    names, never values."""
    root = project.root
    found = {
        # Where no program runs, nothing runs it.
        **(_runtime(project) if kind == "update" else {}),
        "exec.kind": "cli",
        "pulumi.arch": platform.machine(),
        "pulumi.os": platform.system().lower(),
        "pulumi.version": VERSION,
        "stack.environments": "[]",
        "updatePlan": "false",
    }
    for name, value in os.environ.items():
        if name.startswith("PULUMI_"):
            found[f"pulumi.env.{name}"] = "true" if value in ("1", "true") else "set"
    for name, values in arguments.flags.items():
        found[f"pulumi.flag.{name}"] = "true" if values[-1] == "true" else "set"
    head = _git(root, "rev-parse", "HEAD")
    if head:
        found["git.head"] = head
        found["git.dirty"] = "true" if _git(root, "status", "--porcelain") else "false"
        branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
        if branch:
            found["git.headName"] = branch
    return found
