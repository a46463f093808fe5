"""nginx: found, or taken from Debian's archive into our own folder, and run unprivileged."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.local.services.errors import MissingToolError
from infra.local.services.launch import Probe, ProbeKind, Program
from infra.local.services.layout import Layout
from infra.local.services.ports import LOOPBACK

# Debian puts it where only root's PATH looks.
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin")
# The server alone is enough: the rendered configuration brings its own media types.
PACKAGES = ("nginx",)
APT_SECONDS = 180
CONFIGURATION = "nginx.conf"


def find(tools: Path, path: str | None = None) -> str | None:
    """The binary: on PATH, in the system's folders, or unpacked earlier into `tools`."""
    places = (path,) if path is not None else (os.environ.get("PATH", ""), *SYSTEM_FOLDERS)
    found = shutil.which("nginx", path=os.pathsep.join(places))
    unpacked = tools / "nginx" / "usr" / "sbin" / "nginx"
    return found or (str(unpacked) if unpacked.exists() else None)


def prepare(tools: Path, report: Callable[[str], None], path: str | None = None) -> str:
    """The binary's path; unpacked from Debian's archive where none is installed.

    Unpacking needs neither root nor sudo and leaves the system as it is. Raises
    `MissingToolError` with the command that installs nginx where that fails.
    """
    found = find(tools, path)
    if found:
        return found
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise MissingToolError(
            "nginx is not installed: install it (Fedora: `sudo dnf install nginx`, macOS: "
            "`brew install nginx`, Alpine: `sudo apk add nginx`) and run the same command again"
        )
    report("nginx is not installed: unpacking Debian's package (about 2 MB, some seconds)")
    _unpack(tools / "nginx", tools / "apt")
    binary = tools / "nginx" / "usr" / "sbin" / "nginx"
    done = subprocess.run(
        [str(binary), "-v"], capture_output=True, text=True, timeout=30, check=False
    )
    if done.returncode:
        shutil.rmtree(tools / "nginx", ignore_errors=True)
        raise _not_to_be_had(f"its libraries are missing: {done.stderr.strip()}")
    return str(binary)


def program(layout: Layout, binary: str, port: int, ready_path: str = "/health") -> Program:
    """nginx in the foreground, with `prefix(layout)` as its whole world."""
    folder = prefix(layout)
    for name in ("logs", "temp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    configuration = folder / CONFIGURATION
    return Program(
        name="nginx",
        argv=(
            *(binary, "-p", f"{folder}/", "-c", CONFIGURATION),
            *("-e", "logs/error.log", "-g", "daemon off;"),
        ),
        directory=folder,
        ready=Probe(ProbeKind.HTTP, LOOPBACK, port, ready_path),
        tier=2,
        stop_signal="QUIT",  # lets running requests end
        stop_seconds=15,
        revision=hashlib.sha256(configuration.read_bytes()).hexdigest(),
    )


def prefix(layout: Layout) -> Path:
    """Configuration, pid, logs and temporary files of nginx."""
    return layout.run / "nginx"


def check(layout: Layout, binary: str) -> str | None:
    """What nginx itself says against its configuration; `None` if nothing."""
    folder = prefix(layout)
    command = [binary, "-t", "-q", "-p", f"{folder}/", "-c", CONFIGURATION, "-e", "stderr"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.stderr.strip() or "refused" if done.returncode else None


def _unpack(target: Path, work: Path) -> None:
    # Package lists of our own: a slim image has none, and the system's needs root to renew.
    own = {
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "",
    }
    options = [word for key, value in own.items() for word in ("-o", f"{key}={value}")]
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    _run(["apt-get", *options, "-q", "update"], work)
    _run(["apt-get", *options, "-q", "download", *PACKAGES], work / "packages")
    for package in sorted((work / "packages").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(target)], work)
    shutil.rmtree(work, ignore_errors=True)


def _run(command: list[str], folder: Path) -> None:
    environment: Mapping[str, str] = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=APT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _not_to_be_had(f"`{command[0]}` took more than {APT_SECONDS} s") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise _not_to_be_had(f"`{command[0]}` says: {' / '.join(last)}")


def _not_to_be_had(reason: str) -> MissingToolError:
    return MissingToolError(
        f"nginx is not installed and Debian's package can't be used ({reason}): run "
        "`sudo apt-get update && sudo apt-get install --no-install-recommends nginx`, "
        "then the same command again"
    )
