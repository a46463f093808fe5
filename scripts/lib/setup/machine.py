"""What set-up asks of the machine: room, permission, programs that run, a registry that answers."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.lib.progress import HEARTBEAT_SECONDS, heartbeat

COMMAND_SECONDS = 1800
# The environment with every group (1.2 GB) and the downloads of uv's cache before they are linked.
NEEDED_BYTES = 3 * 1024**3
GIGABYTE = 1024**3

UNREACHABLE = (
    *("dns error", "failed to lookup address", "Name or service not known"),
    *("Connection refused", "Connection reset", "timed out", "Network is unreachable"),
    *("error sending request", "tunneling socket", "certificate", "NewConnectionError"),
    *("Could not find a version", "status code 5", "No address associated"),
)
Report = Callable[[str], None]


class SetupError(Exception):
    """Set-up can't go on. The text says what to do."""


def check_folder(local: Path, needed: int = NEEDED_BYTES) -> None:
    """`local` can be made and written and its disk has room. Raises `SetupError` else."""
    trial = local / ".writable"
    try:
        local.mkdir(parents=True, exist_ok=True)
        trial.write_text("")
        trial.unlink()
    except OSError as error:
        raise explain(error, local) from error
    free = shutil.disk_usage(local).free
    if free < needed:
        raise SetupError(
            f"{free / GIGABYTE:.1f} GB are free on the disk of {local}, and set-up needs "
            f"{needed / GIGABYTE:.1f} GB: free some space (`make clean` removes what this checkout "
            "made, `uv cache clean` what uv keeps) and run the same command again"
        )


def explain(error: OSError, path: Path) -> SetupError:
    """An operating system's error as a sentence with a way out."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SetupError(
            f"the disk of {path} is full: free some space (`df -h {path}` shows it) and run the "
            "same command again; it goes on where it stopped"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SetupError(
            f"no permission to write {error.filename or path}: give the folder to yourself "
            f"(`sudo chown -R $USER {path.parent}`) or clone into a folder of your own"
        )
    return SetupError(f"{path}: {error}")


def run(
    command: Sequence[str | Path],
    what: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    seconds: float = COMMAND_SECONDS,
) -> str:
    """Run a command and give back what it printed.

    Raises `SetupError` with a way out where it fails; `what` names it for people.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env=dict(os.environ if environment is None else environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise SetupError(f"{what}: {words[0]} is not there: install it, then try again") from error
    except subprocess.TimeoutExpired as error:
        raise SetupError(
            f"{what} took more than {seconds / 60:.0f} minutes and was stopped: is the network "
            "slow? The same command goes on where it stopped"
        ) from error
    except OSError as error:
        raise explain(error, folder) from error
    if done.returncode:
        raise _failure(what, words, done.stderr or done.stdout, folder)
    return done.stdout


def _failure(what: str, words: list[str], text: str, folder: Path) -> SetupError:
    said = "\n".join(f"  {line}" for line in text.strip().splitlines()[-12:])
    if "No space left on device" in text or "os error 28" in text or "Disk quota" in text:
        return SetupError(
            f"{what}: the disk is full: free some space (`df -h {folder}`) and run the same "
            f"command again; it goes on where it stopped\n{said}"
        )
    if "Permission denied" in text or "Read-only file system" in text:
        return SetupError(
            f"{what}: no permission to write below {folder}: give it to yourself "
            f"(`sudo chown -R $USER {folder}`)\n{said}"
        )
    if "hash" in text.lower() and "mismatch" in text.lower():
        return SetupError(
            f"{what}: a package isn't the one that was locked. Don't go on: someone changed it, or "
            f"the registry serves something else; `make lock` makes new locks to review\n{said}"
        )
    if any(sign in text for sign in UNREACHABLE):
        return SetupError(
            f"{what}: the package registry doesn't answer or doesn't have it. Check the network; "
            "behind a proxy set HTTPS_PROXY; with a registry of your own set UV_DEFAULT_INDEX and "
            f"PIP_INDEX_URL; then run the same command again\n{said}"
        )
    return SetupError(f"{what} failed (`{' '.join(words[:4])} …`):\n{said}")


class Steps:
    """Progress of a known number of steps: what, how long it takes, how much is left."""

    def __init__(
        self,
        total: int,
        report: Report,
        command: str = "setup",
        every_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._total, self._report, self._command = total, report, command
        self._every_seconds = every_seconds
        self._done = 0

    @contextmanager
    def step(self, what: str, typical: str = "") -> Generator[None]:
        """Announce a step, tell every ten seconds that it still runs, and say how long it took."""
        self._done += 1
        head = f"{self._command} [{self._done}/{self._total}] {what}"
        self._report(f"{head}{f' (usually {typical})' if typical else ''}")

        def tell(spent: float) -> None:
            left = self._total - self._done
            self._report(
                f"{head}: {spent:.0f} s so far"
                f"{f' of usually {typical}' if typical else ''}; {left} more steps after this"
            )

        with heartbeat(tell, self._every_seconds) as spent:
            yield
        self._report(f"{head}: done in {spent():.1f} s")
