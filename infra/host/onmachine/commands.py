"""Programs of the machine, each with a deadline, and files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra.host.onmachine.errors import CommandFailedError, MachineError

LAST_LINES = 5
LOOK_SECONDS = 0.1  # between two looks at something that is waited for


def run(argv: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None) -> str:
    """What it prints. Raises `CommandFailedError` with the end of what it said.

    `environment` is added to the process's own: nothing secret stands in arguments.
    """
    code, output, errors = outcome(argv, seconds, environment)
    if code:
        said = (errors.strip() or output.strip()).splitlines()[-LAST_LINES:]
        raise CommandFailedError(
            f"`{' '.join(argv[:4])}` ended with exit code {code}: {' / '.join(said) or 'no word'}"
        )
    return output


def outcome(
    argv: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Exit code, output and errors, whatever they are."""
    try:
        done = subprocess.run(
            list(argv),
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise CommandFailedError(f"`{argv[0]}` is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise CommandFailedError(
            f"`{' '.join(argv[:4])}` did not end within {seconds:.0f} s"
        ) from error
    return done.returncode, done.stdout, done.stderr


def is_installed(program: str) -> bool:
    return shutil.which(program) is not None


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether it came to hold in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def write(path: Path, content: bytes, mode: int, owner: int = 0) -> None:
    """The file, whole or as it was before, never readable to more people than `mode` says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            give(scratch, owner)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def give(path: Path, owner: int) -> None:
    """Make a file or folder somebody's. Only root can; others own what they make."""
    if os.geteuid() == 0:
        os.chown(path, owner, owner)


def point(link: Path, target: str) -> None:
    """A symbolic link, moved from its old target to the new one in one step."""
    if link.exists() and not link.is_symlink():
        raise MachineError(f"{link} is no symbolic link: move it away, then run set-up again")
    scratch = link.with_name(f".{link.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(target)
    scratch.replace(link)
