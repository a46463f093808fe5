"""uv and a Python: found where they are, else fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.lib.setup.machine import SetupError, run

WANTED = ("3.13", "3.12")  # 3.13 is wanted, 3.12 works
ANSWER_SECONDS = 20
DOWNLOAD_SECONDS = 600


def find_uv(local: Path) -> Path | None:
    """uv on PATH, else the one that an earlier set-up installed; only one that runs."""
    found = shutil.which("uv")
    for candidate in (found, local / "bootstrap" / "bin" / "uv"):
        if candidate and _answer([str(candidate), "--version"]) is not None:
            return Path(candidate)
    return None


def install_uv(local: Path) -> Path:
    """Install uv below `local`, with this Python's venv and pip. Raises `SetupError`."""
    folder = local / "bootstrap"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        run([sys.executable, "-m", "venv", folder], "making .local/bootstrap", local)
    except SetupError as error:
        if not _lacks_venv(str(error)):
            raise
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            f"{sys.executable} has no venv module (Debian and Ubuntu pack it apart): run "
            f"`sudo apt-get update && sudo apt-get install python{version}-venv`, or install uv "
            "yourself, then run the same command again"
        ) from error
    run(
        [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"],
        "installing uv with pip",
        local,
    )
    return folder / "bin" / "uv"


def find_python(uv: Path, environment: Mapping[str, str], local: Path) -> Path:
    """The best interpreter: 3.13 that is here, else 3.13 by uv, else 3.12 that is here.

    What is here comes first because it needs no download. Raises `SetupError` naming what was
    looked at.
    """
    for version in WANTED[:1]:
        if found := installed_python(version):
            return found
        if fetched := _fetch(uv, version, environment, local):
            return fetched
    for version in WANTED[1:]:
        if found := installed_python(version) or _fetch(uv, version, environment, local):
            return found
    raise SetupError(
        f"no Python {' or '.join(WANTED)}: neither on PATH nor under pyenv, and uv could not "
        "download one (is the network there?). Install one (Debian 13: `sudo apt-get install "
        "python3.13 python3.13-venv`; pyenv: `pyenv install 3.13`) and run the same command again"
    )


def installed_python(version: str) -> Path | None:
    """An interpreter of that version on PATH or under pyenv; a shim that runs nothing isn't one."""
    names = (f"python{version}", "python3", "python")
    on_path = [Path(found) for name in names if (found := shutil.which(name))]
    for candidate in (*on_path, *_pyenv_versions(version)):
        told = _answer(
            [
                *(str(candidate), "-I", "-c"),
                "import sys, ensurepip; print(sys.executable, '%d.%d' % sys.version_info[:2])",
            ]
        )
        executable, _, its_version = (told or "").strip().rpartition(" ")
        if its_version == version:
            return Path(executable)
    return None


def _pyenv_versions(version: str) -> list[Path]:
    root = os.environ.get("PYENV_ROOT") or (_answer(["pyenv", "root"]) or "").strip()
    folder = Path(root or Path.home() / ".pyenv") / "versions"
    newest_first = sorted(folder.glob(f"{version}*"), key=_patch, reverse=True)
    return [home / "bin" / f"python{version}" for home in newest_first]


def _patch(home: Path) -> int:
    last = home.name.split(".")[-1]
    return int(last) if last.isdigit() else -1


def _fetch(uv: Path, version: str, environment: Mapping[str, str], local: Path) -> Path | None:
    try:
        command = [uv, "python", "install", "--no-bin", version]
        run(command, f"Python {version} by uv", local, environment, DOWNLOAD_SECONDS)
        find = [uv, "python", "find", "--managed-python", version]
        return Path(run(find, f"Python {version} by uv", local, environment).strip())
    except SetupError as error:
        if "disk is full" in str(error):
            raise
        return None  # what is installed here is looked at next; find_python says so if nothing is


def _answer(command: list[str]) -> str | None:
    """What a program prints, or `None` where it doesn't run."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _lacks_venv(text: str) -> bool:
    return any(sign in text for sign in ("ensurepip", "No module named venv", "python3-venv"))
