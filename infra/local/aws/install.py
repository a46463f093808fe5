"""Put the plugin where an engine looks for it: `PULUMI_HOME/plugins/resource-aws-v7.51.1/`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from infra.local.aws.freeze import VERSION

NAME = "pulumi-resource-aws"


def plugin_folder(home: Path) -> Path:
    return home / "plugins" / f"resource-aws-v{VERSION}"


def install(home: Path, python: Path | None = None, repository: Path | None = None) -> Path:
    """Write the executable into `home` and return its path; does nothing where it is right already.

    `python` is the interpreter that runs it (default: this one), `repository` the root that it
    imports from. Only the project's own engine home gets it, so that a user's engine never sees it.
    Raises OSError.
    """
    root = repository or Path(__file__).resolve().parents[3]
    interpreter = python or Path(sys.executable)
    path = plugin_folder(home) / NAME
    text = (
        "#!/bin/sh\n"
        f"PYTHONPATH={shlex.quote(str(root))} exec {shlex.quote(str(interpreter))} "
        '-m infra.local.aws "$@"\n'
    )
    if path.exists() and path.read_text("utf-8") == text and path.stat().st_mode & 0o100:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.chmod(0o755)
    fresh.replace(path)
    return path
