"""`gacp loadtest`: puts load on a running platform and says whether it holds.

The verdict is PASS, FAIL or INVALID (the run says nothing: too few requests, a saturated or killed
generator, a missed rate). Every accepted write is looked for afterwards: stored once, processed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from infra.local.services.layout import Layout
from scripts.lib.command import CommandError, ExitCode, Subparsers, WrongUseError
from scripts.lib.loadtest.memory import MemoryUnknownError, measure, report, within_limit
from scripts.lib.loadtest.users import make_users
from scripts.lib.smoke.target import local_under, seeded_certificate

EXAMPLE = """examples:
  gacp loadtest                          20 users for a minute on this machine's platform
  gacp loadtest --seconds 15             the same, shorter
  gacp loadtest --url https://staging.gacp.example --users users.json --certificate NUMBER

exit codes: 0 pass, 1 fail, 2 wrong use, 4 nobody answers, 5 the run is invalid and says nothing
"""
RUN_SECONDS = 3600.0  # nothing that is started here may take longer


def register(subparsers: Subparsers) -> None:
    """Add `loadtest` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "loadtest",
        help="load on a running platform, with a verdict",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--profile", default="smoke", help="load profile (default: smoke)")
    parser.add_argument("--url", help="public address; default: the platform of this machine")
    parser.add_argument("--users", type=Path, help='JSON list of {"email", "token"}')
    parser.add_argument("--certificate", help="number of a certificate that is known to be valid")
    parser.add_argument("--seconds", type=float, help="shorter or longer than the profile says")
    parser.add_argument("--count", type=int, help="fewer or more users than the profile says")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the profile; its exit code, or 1 where it passed and memory is over its limit."""
    layout = Layout.from_environment()
    output = layout.run / "loadtest"
    output.mkdir(parents=True, exist_ok=True)
    local = local_under(layout, args.url)
    users = args.users or output / "users.json"
    certificate = args.certificate or seeded_certificate(layout, local)
    if not certificate:
        raise WrongUseError("no certificate is known to exist: give its number with --certificate")
    if args.users is None:
        if local is None:
            raise WrongUseError(f"{args.url} is not this machine's: --users says whose tokens")
        make_users(local, f"load{uuid4().hex[:8]}", users)
    url = args.url or (local.public_url if local else "")
    words = ["--profile", args.profile, "--url", url, "--users", str(users)]
    words += ["--certificate", certificate, "--output", str(output)]
    for name in ("seconds", "count"):
        words += [f"--{name}", str(getattr(args, name))] if getattr(args, name) else []
    code = _load(layout, [*words, *(["--json"] if args.json else [])])
    if args.users is None:
        users.unlink()  # tokens are needed no longer
    has_run = code not in (ExitCode.WRONG_USE, ExitCode.UNREACHABLE)
    return _with_memory(layout, code) if local is not None and has_run else code


def _load(layout: Layout, words: list[str]) -> int:
    """Run `loadtests`, which knows HTTP and nothing of this repository, as a process."""
    try:
        ended = subprocess.run(
            [str(layout.python), "-m", "loadtests", *words],
            cwd=layout.repository,
            timeout=RUN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"the load test did not end within {RUN_SECONDS:.0f} s") from error
    return ended.returncode


def _with_memory(layout: Layout, code: int) -> int:
    try:
        processes = measure(layout)
    except MemoryUnknownError as error:
        sys.stderr.write(f"gacp loadtest: {error}\n")
        return code
    # Beside the verdict, so that `--json` leaves JSON alone on the standard output.
    sys.stderr.write(f"memory of the platform after the load:\n{report(processes)}\n")
    if code == ExitCode.DONE and not within_limit(processes):
        return ExitCode.NOT_SO
    return code
