"""Become a program of `programs.json`: what supervisord starts for each of them.

`python -I -S run_program.py PROGRAMS NAME` replaces itself (same pid), so that a program's words
and environment are exact and never pass through supervisord's configuration syntax, which can't
carry every value. Standard library only, for a start within milliseconds.
"""

import json
import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Never returns: the process is the program from here on."""
    programs, name = arguments
    program = json.loads(Path(programs).read_text(encoding="utf-8"))["programs"][name]
    os.chdir(program["directory"])
    os.execve(program["argv"][0], program["argv"], program["environment"])  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
