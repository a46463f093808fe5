"""Ends what an unexpectedly ended program left behind; supervisord's event listener.

A killed master's workers live on in its process group, still hold its port and still take work
(measured: facts/embedded.md, section 4). supervisord knows only the master. Standard library only.
Protocol: http://supervisord.org/events.html#event-listener-notification-protocol.
"""

import os
import signal
import sys
from typing import TextIO


def fields(line: str) -> dict[str, str]:
    """`name:value` pairs of a header or payload line."""
    return dict(pair.split(":", 1) for pair in line.split())


def end_group(pid: int) -> bool:
    """SIGKILL to the group that the dead `pid` led, and whether there was anybody in it."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def listen(source: TextIO, answers: TextIO, log: TextIO) -> None:
    """Handle events until supervisord closes the pipe."""
    while True:
        answers.write("READY\n")
        answers.flush()
        line = source.readline()
        if not line:
            return
        header = fields(line)
        payload = fields(source.read(int(header["len"])))
        # supervisord gives each program a group of its own, led by the program (setpgrp).
        if end_group(int(payload["pid"])):
            log.write(f"{payload['processname']}: ended what {payload['pid']} left behind\n")
            log.flush()
        answers.write("RESULT 2\nOK")
        answers.flush()


if __name__ == "__main__":
    listen(sys.stdin, sys.stdout, sys.stderr)
