"""`gacp smoke`: asks a running platform, through its public address, whether it does its work."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import httpx

from scripts.lib.command import CommandError, ExitCode, Subparsers
from scripts.lib.smoke.context import REQUEST_SECONDS, Context
from scripts.lib.smoke.line import Outcome, run_lines
from scripts.lib.smoke.lines import LINES, QUICK_LINES
from scripts.lib.smoke.table import Table, as_json, succeeded, summary
from scripts.lib.smoke.target import find_target

EXAMPLE = """examples:
  gacp smoke                      the platform that `make up` started on this machine
  gacp smoke --quick              health, headers, one sign-in, one certificate; writes nothing
  gacp smoke --url https://gacp.example --accounts smoke-accounts.json
"""


def register(subparsers: Subparsers) -> None:
    """Add `smoke` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "smoke",
        help="ask a running platform whether it does its work",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", help="public address; default: the platform of this machine")
    parser.add_argument("--quick", action="store_true", help="few lines, none of which writes")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--accounts", type=Path, help="JSON file with the farmer's sign-in and the staff's tokens"
    )
    parser.add_argument("--certificate", help="number of a certificate that is known to be valid")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the lines; exit code 0 if all passed, 1 if some did not."""
    target = find_target(args.url, args.accounts, args.certificate)
    with httpx.Client(base_url=target.address, timeout=REQUEST_SECONDS) as client:
        try:
            client.get("/health")
        except httpx.TransportError as error:
            raise CommandError(
                f"{target.address} does not answer ({error}): start the platform with `make up`, "
                "or give the right address with --url"
            ) from error
        context = Context(client, target.address, target.accounts, target.local, target.certificate)
        return _ask(context, target.address, args.quick, args.json)


def _ask(context: Context, address: str, quick: bool, json_wanted: bool) -> int:
    lines = QUICK_LINES if quick else LINES
    table = Table([line.name for line in lines], [line.what for line in lines])

    def show(outcome: Outcome) -> None:
        if not json_wanted:
            sys.stdout.write(table.row(outcome) + "\n")
            sys.stdout.flush()

    started = time.monotonic()
    outcomes = run_lines(lines, context, told=show)
    seconds = time.monotonic() - started
    sys.stdout.write((as_json if json_wanted else summary)(outcomes, address, seconds) + "\n")
    return ExitCode.DONE if succeeded(outcomes) else ExitCode.NOT_SO
