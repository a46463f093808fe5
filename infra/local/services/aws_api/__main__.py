"""`python -m infra.local.services.aws_api --port PORT (--data FOLDER | --memory)`.

Prints one line that begins with "ready" once it accepts connections; leaves on SIGTERM. Exit codes:
0 stopped, 2 wrong use, 4 could not start, 74 could not write.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

COULD_NOT_START = 4


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.services.aws_api",
        description="The AWS API on loopback (moto), with its state kept on disk.",
        epilog="example: … --port 4566 --data .local/data/aws-api",
    )
    parser.add_argument("--port", type=int, required=True)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--data", type=Path, help="the folder that keeps the state (made if missing)"
    )
    where.add_argument("--memory", action="store_true", help="keep nothing")
    options = parser.parse_args(arguments)
    os.umask(0o077)  # secret values and key material: for this user's eyes only
    # After the arguments: moto takes a second to load.
    from infra.local.services.aws_api.pickling import READ_ERRORS
    from infra.local.services.aws_api.server import application, make
    from infra.local.services.aws_api.store import StoreError

    started = time.monotonic()
    try:
        door, count = application(options.data)
        server = make(options.port, door)
    except (StoreError, OSError, sqlite3.Error) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        advice = ": stop what listens there, or give another --port" if taken else ""
        sys.stderr.write(f"cannot start the AWS API on port {options.port}: {error}{advice}\n")
        return COULD_NOT_START
    except READ_ERRORS as error:
        sys.stderr.write(
            f"cannot read the AWS API's data in {options.data} ({type(error).__name__}: {error}): "
            "restore a copy of the folder, or remove it to start with nothing\n"
        )
        return COULD_NOT_START
    serve(
        server, f"ready on port {options.port}, {count} objects, {time.monotonic() - started:.1f} s"
    )
    return 0


def serve(server: Any, greeting: str) -> None:
    """Answer requests until SIGTERM or SIGINT."""

    def stop(_signal: int, _frame: Any) -> None:
        # `shutdown` waits for the loop below, which this handler interrupts: another thread asks.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(greeting + "\n")
    sys.stdout.flush()
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    sys.exit(main())
