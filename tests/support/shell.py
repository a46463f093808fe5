"""What is wrong with a shell script before anybody runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def shell_faults(script: str) -> str:
    """What shellcheck says of a script, bash's own syntax included; nothing where all is well."""
    program = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [str(program), "--norc", "--shell=bash", "--format=gcc", "-"],
        input=script,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr
