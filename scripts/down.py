"""`gacp down`: stops the processes of the platform on this machine, and nothing else."""

from __future__ import annotations

import argparse
import json
import sys

from infra.local.services import stop
from infra.local.services.layout import Layout
from infra.local.services.supervisor import Supervisor
from scripts.lib.command import ExitCode, Subparsers, changing
from scripts.lib.platform import application, services
from scripts.lib.progress import to_stderr

EXAMPLE = """example:
  gacp down              stop the application, nginx and the services, in this order

Data stays (.local/data); `gacp up local` goes on with it. Resources of stacks are never touched.
"""


def register(subparsers: Subparsers) -> None:
    """Add `down` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "down",
        help="stop the platform on this machine",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dry-run", action="store_true", help="list what would be stopped")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when nothing of the platform runs any more, 4 where something doesn't end."""
    layout = Layout.from_environment()
    if args.dry_run:
        rows = [{"pid": p.pid, "name": p.name()} for p in stop.leftovers(layout)]
        lines = [f"would end {row['pid']} ({row['name']})" for row in rows] or ["nothing runs"]
        sys.stdout.write((json.dumps(rows) if args.json else "\n".join(lines)) + "\n")
        return ExitCode.DONE
    with changing(layout, "down", []):
        supervisor = Supervisor(layout, to_stderr)
        # The application first: it finishes what it holds while its services still answer.
        stopped = supervisor.stop_group(application.GROUP)
        stopped += supervisor.stop_group(services.GROUP)
        ended = supervisor.shutdown()
    result = {"stopped": stopped, "leftoversEnded": ended}
    line = f"stopped {len(stopped)} programs, ended {ended} leftover processes; data stays"
    if not stopped and not ended:
        line = "nothing was running"
    sys.stdout.write((json.dumps(result) if args.json else line) + "\n")
    return ExitCode.DONE
