"""`make setup`: everything that people, tests and CI need, once; afterwards it only looks."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from scripts.lib.progress import to_stderr
from scripts.lib.setup import environment as env
from scripts.lib.setup.interpreter import find_python, find_uv, install_uv
from scripts.lib.setup.machine import SetupError, Steps, check_folder, explain

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    """Exit code 0 done, 4 could not; a message says what to do."""
    parser = argparse.ArgumentParser(
        prog="bootstrap.py",
        description="Sets this checkout up: Python, the locked packages, .local/bin/gacp and "
        ".local/bin/pulumi. Nothing outside .local/ and uv's own cache is changed.",
        epilog="Example: python3 scripts/bootstrap.py",
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing when nothing is to do")
    parser.add_argument("--force", action="store_true", help="do every step anew")
    given = parser.parse_args(arguments)
    try:
        set_up(ROOT, force=given.force, quiet=given.quiet)
    except SetupError as error:
        sys.stderr.write(f"setup: {error}\n")
        return 4
    except KeyboardInterrupt:
        sys.stderr.write("setup: stopped; the same command goes on from here\n")
        return 130
    return 0


def set_up(root: Path, *, force: bool = False, quiet: bool = False) -> None:
    """Bring the environment to what the locks say. Raises `SetupError` naming the way out."""
    if not force and env.is_done(root):
        if not quiet:
            to_stderr("setup: nothing to do (.local/venv is as the locks say)")
        return
    local = root / ".local"
    if before := env.moved_from(root):
        to_stderr(f"setup: this checkout was at {before}; its environment is made anew here")
    try:
        check_folder(local)
        _set_up(root, local)
    except OSError as error:
        raise explain(error, local) from error


def _set_up(root: Path, local: Path) -> None:
    steps = Steps(5, to_stderr)
    with steps.step("uv", "5 s"):
        uv = find_uv(local) or install_uv(local)
    environment = env.uv_environment(os.environ, _pip_setting())
    with steps.step("Python 3.13", "1 s where it is installed, 20 s to download"):
        python = find_python(uv, environment, local)
        env.make_venv(root, uv, python, environment)
    with steps.step("about 190 locked packages", "20 s from uv's cache, 1 to 3 min without"):
        env.install(root, uv, environment)
    with steps.step("the repository itself", "5 s"):
        env.install_repository(root, uv, environment)
    with steps.step("the commands .local/bin/gacp and .local/bin/pulumi"):
        env.write_commands(root)
    env.stamp(root, python)


def _pip_setting() -> str | None:
    """The registry in pip's own settings, where pip is there to be asked."""
    question = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    try:
        done = subprocess.run(question, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
