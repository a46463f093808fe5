"""`make record-engine`: records every scenario anew, with the Pulumi CLI that is on PATH.

    python -m tests.engine.recording [--only TEXT] [FOLDER]

What was recorded before is replaced step by step; `git diff` shows what the CLI does differently,
`git checkout tests/engine/recordings` takes it back. Exit status 0: all recorded, 2: refused.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from infra.local.engine import VERSION
from scripts.lib.engine import ANSWER_SECONDS, NoCliError, find_cli
from tests.engine.replaying import RECORDINGS, SCENARIOS

RECORDED = VERSION.partition("+")[0]
"""The CLI that the recordings are of, as `pulumi version` says it."""

INSTALL = f"""make record-engine runs the Pulumi CLI {RECORDED}, of which the recordings are:
  curl -fsSL https://get.pulumi.com | sh -s -- --version {RECORDED.removeprefix("v")}
  PATH="$HOME/.pulumi/bin:$PATH" make record-engine"""


class RefusedError(Exception):
    """There is no CLI to record with, or another one than the recordings are of."""


def cli() -> Path:
    """The CLI that is to be recorded."""
    try:
        found = find_cli(os.environ.get("PATH", ""))
    except NoCliError as error:
        raise RefusedError(
            f"there is no `pulumi` on PATH but the local engine, which is what is held to the "
            f"recordings. {INSTALL}"
        ) from error
    said = subprocess.run(
        [found, "version"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
    ).stdout.strip()
    if said != RECORDED:
        raise RefusedError(
            f"{found} is {said or 'of no version that it tells'}. {INSTALL}\n"
            f"To hold the local engine to that one instead, put it into VERSION of "
            f"infra/local/engine/__init__.py first, record, and make the replays pass"
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=str(SCENARIOS))
    parser.add_argument("--only", action="append", default=[], help="scenarios with TEXT in it")
    given = parser.parse_args()
    try:
        command = cli()
    except RefusedError as error:
        sys.stderr.write(f"refused: {error}\n")
        return 2
    packages = ", ".join(f"{name} {version(name)}" for name in ("pulumi", "pulumi-policy"))
    sys.stdout.write(f"recording {command} {RECORDED} with {packages} into {given.folder}\n")
    sys.stdout.flush()
    words = ["--record", "--pulumi", str(command), "-j", "2", given.folder]
    for text in given.only:
        words += ["--only", text]
    return subprocess.run(
        [sys.executable, RECORDINGS / "replay.py", *words], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
