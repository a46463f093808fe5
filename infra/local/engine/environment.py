"""What a record of an update says about where it was made."""

from __future__ import annotations

import os
import platform
import subprocess
from typing import TYPE_CHECKING

from infra.local.engine import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.engine.arguments import Arguments


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def describe(root: Path, arguments: Arguments) -> dict[str, str]:
    """Keys as the CLI writes them; of variables and flags only names, never values."""
    found = {
        "exec.kind": "cli",
        "pulumi.arch": platform.machine(),
        "pulumi.os": platform.system().lower(),
        "pulumi.version": VERSION,
        "runtime.name": "python",
        "runtime.version": platform.python_version(),
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
