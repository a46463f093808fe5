"""Become a program of `programs.json`: what supervisord starts for each of them.

`python -I -S run_program.py PROGRAMS NAME` replaces itself (same pid), so that a program's words
and environment are exact and never pass through supervisord's configuration syntax, which can't
carry every value. Standard library only, for a start within milliseconds.

It first ends what an earlier start left behind. The reaper does so for programs that had come up;
of one that dies within its first second supervisord's event (BACKOFF) doesn't say the pid.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

PROC = Path("/proc")
ENDING_SECONDS = 5.0


def orphaned_groups(session: int) -> set[int]:
    """Process groups of the session whose leader is gone (proc(5); none where there is no /proc).

    A program is led by the process that supervisord started, so such a group is a leftover; and
    nobody else's process can be in our session.
    """
    groups: set[int] = set()
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            # The name in parentheses may hold spaces: fields are counted after the last one.
            state, _, group, its_session = stat.read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        if state != "Z" and int(its_session) == session:
            groups.add(int(group))
    return {group for group in groups if not (PROC / str(group)).exists()}


def end_orphans(session: int) -> None:
    """SIGKILL to what is left, and wait until its ports and files are free again."""
    until = time.monotonic() + ENDING_SECONDS
    while (groups := orphaned_groups(session)) and time.monotonic() < until:
        for group in groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)


def main(arguments: list[str]) -> None:
    """Never returns: the process is the program from here on."""
    programs, name = arguments
    end_orphans(os.getsid(0))
    program = json.loads(Path(programs).read_text(encoding="utf-8"))["programs"][name]
    os.chdir(program["directory"])
    os.execve(program["argv"][0], program["argv"], program["environment"])  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
