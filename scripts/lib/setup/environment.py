"""The environment as the locks say, the two commands, and the stamp that says it is so."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scripts.lib.setup.machine import run

GROUPS = ("app", "infra", "ops", "load", "test")
SOURCES = ("pyproject.toml", ".python-version")
STAMP = "setup.json"

GACP = """\
#!/bin/sh
# Written by scripts/bootstrap.py. The operators' command line of the checkout below.
root='{root}'
if [ "$(dirname "$(readlink -f "$0")")" != "$root/.local/bin" ]; then
    echo "gacp: set up for $root, which isn't here: run \\`make setup\\` here" >&2
    exit 4
fi
if [ ! -x "$root/.local/venv/bin/python" ]; then
    echo "gacp: $root has no environment: run \\`make setup\\` in it" >&2
    exit 4
fi
exec "$root/.local/venv/bin/python" -m scripts "$@"
"""

PULUMI = """\
#!/bin/sh
# Written by scripts/bootstrap.py. The local engine under the Pulumi CLI's name: it defaults where
# its things lie (variables that are given win) and has no way to touch AWS.
root='{root}'
if [ "$(dirname "$(readlink -f "$0")")" != "$root/.local/bin" ]; then
    echo "pulumi: set up for $root, which isn't here: run \\`make setup\\` here" >&2
    exit 4
fi
if [ ! -x "$root/.local/venv/bin/python" ]; then
    echo "pulumi: $root has no environment: run \\`make setup\\` in it" >&2
    exit 4
fi
local="${{GACP_LOCAL_DIR:-$root/.local}}"
export PULUMI_HOME="${{PULUMI_HOME:-$local/pulumi}}"
export PULUMI_BACKEND_URL="${{PULUMI_BACKEND_URL:-file://$local/state}}"
if [ -z "${{PULUMI_CONFIG_PASSPHRASE+given}}" ]; then
    file="${{PULUMI_CONFIG_PASSPHRASE_FILE:-$local/secrets/passphrase}}"
    export PULUMI_CONFIG_PASSPHRASE_FILE="$file"
fi
exec "$root/.local/venv/bin/python" -m infra.local.engine "$@"
"""


def digest(root: Path) -> str:
    """What the environment depends on: locks, project file, this set-up, and where the checkout is.

    An environment has absolute paths inside, so a moved checkout needs a new one.
    """
    whole = hashlib.sha256(str(root).encode())
    files = [root / name for name in SOURCES]
    files += [root / "requirements" / f"{group}.txt" for group in GROUPS]
    files += sorted(Path(__file__).parent.glob("*.py"))
    for file in files:
        whole.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return whole.hexdigest()


def is_done(root: Path) -> bool:
    """Whether an earlier set-up of this very checkout still holds."""
    local = root / ".local"
    try:
        stamp = json.loads((local / STAMP).read_text())
    except (OSError, ValueError):
        return False
    there = ("venv/bin/python", "bin/gacp", "bin/pulumi", "secrets/passphrase")
    return stamp.get("digest") == digest(root) and all((local / name).exists() for name in there)


def moved_from(root: Path) -> str | None:
    """Where the checkout was at its last set-up, if not here."""
    try:
        before = json.loads((root / ".local" / STAMP).read_text()).get("root")
    except (OSError, ValueError):
        return None
    return before if before and before != str(root) else None


def stamp(root: Path, python: Path) -> None:
    """Remember that everything is as it should be."""
    content = {"digest": digest(root), "root": str(root), "python": str(python)}
    (root / ".local" / STAMP).write_text(json.dumps(content, indent=1) + "\n")


def make_venv(root: Path, uv: Path, python: Path, environment: Mapping[str, str]) -> None:
    """A venv of that interpreter; one that is there and right is kept. Raises `SetupError`."""
    venv = root / ".local" / "venv"
    moved = moved_from(root) is not None
    (root / ".local" / STAMP).unlink(missing_ok=True)  # from here on it isn't done
    if not moved and _version(venv / "bin" / "python") == _version(python):
        return
    shutil.rmtree(venv, ignore_errors=True)
    run([uv, "venv", "--python", python, venv], "making .local/venv", root, environment)


def install(root: Path, uv: Path, environment: Mapping[str, str]) -> None:
    """Exactly what the locks name, by hash, and the repository itself. Raises `SetupError`."""
    target = ["--python", root / ".local" / "venv" / "bin" / "python"]
    locks = [root / "requirements" / f"{group}.txt" for group in GROUPS]
    run(
        [uv, "pip", "sync", *target, "--require-hashes", *locks],
        "installing the locked packages",
        root,
        environment,
    )


def install_repository(root: Path, uv: Path, environment: Mapping[str, str]) -> None:
    """The packages app, infra and scripts, from where they lie. Raises `SetupError`."""
    target = ["--python", root / ".local" / "venv" / "bin" / "python"]
    run(
        [uv, "pip", "install", *target, "--no-deps", "--editable", root],
        "installing the repository (needs setuptools from the registry)",
        root,
        environment,
    )


def write_commands(root: Path) -> None:
    """`.local/bin/gacp` and `.local/bin/pulumi`, and the passphrase of local stacks."""
    folder = root / ".local" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    quoted = str(root).replace("'", "'\\''")
    for name, text in (("gacp", GACP), ("pulumi", PULUMI)):
        command = folder / name
        command.write_text(text.format(root=quoted))
        command.chmod(0o755)
    write_passphrase(root / ".local" / "secrets" / "passphrase")


def write_passphrase(path: Path) -> None:
    """A random passphrase, once; without it the state's secrets can't be read any more."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(32))


def uv_environment(given: Mapping[str, str], pip_setting: str | None) -> dict[str, str]:
    """The caller's environment; uv, which doesn't read pip's settings, gets pip's registry."""
    environment = dict(given)
    index = given.get("PIP_INDEX_URL") or pip_setting
    if index and not any(name in given for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        environment["UV_DEFAULT_INDEX"] = index
    if given.get("PIP_CERT") and "SSL_CERT_FILE" not in given:
        environment["SSL_CERT_FILE"] = given["PIP_CERT"]
    # A venv that happens to be active is not ours to fill.
    environment.pop("VIRTUAL_ENV", None)
    return environment


def _version(python: Path) -> str | None:
    if not python.exists():
        return None
    question = "import sys; print(sys.base_prefix, sys.version)"
    try:
        done = subprocess.run(
            [python, "-I", "-c", question], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
