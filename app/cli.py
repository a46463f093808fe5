"""Commands of the application: serve, worker, migrate, seed, token, audit.

Each imports what it needs when it runs, so that a command costs no more than its own part.
Exit codes: 0 done, 1 the thing asked about is not so, 2 wrong use, 3 refused, 4 could not reach.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.settings import Settings, SettingsError, load_settings

DONE, NOT_SO, WRONG_USE, REFUSED, UNREACHABLE = range(5)


def say(text: str) -> None:
    """Write an answer to standard output."""
    sys.stdout.write(f"{text}\n")


def complain(text: str) -> None:
    """Write what went wrong, and the way out, to standard error."""
    sys.stderr.write(f"{text}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        return _run(options, settings)
    except SettingsError as error:
        complain(f"app {options.command}: {error}")
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app",
        description="The GACP certification application. Settings come from the environment.",
        epilog="example: python -m app serve --role api --port 8001",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    serve = commands.add_parser("serve", help="answer HTTP requests")
    serve.add_argument("--role", choices=("api", "portal"), required=True)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=int, required=True)
    worker = commands.add_parser("worker", help="relay the outbox and run jobs")
    worker.add_argument("--host", default="127.0.0.1", help="address of the health endpoints")
    worker.add_argument("--port", type=int, required=True, help="port of the health endpoints")
    commands.add_parser("migrate", help="make the indexes; run before the others start")
    seed = commands.add_parser("seed", help="make one account a role and a test certificate")
    seed.add_argument("--accounts", type=Path, required=True, help="JSON file with the accounts")
    token = commands.add_parser("token", help="print an access token (stack `local` only)")
    token.add_argument(
        "--role", choices=("farmer", "inspector", "approver", "administrator"), required=True
    )
    token.add_argument("--email", help="whose; default: the seeded account of the role")
    audit = commands.add_parser("audit", help="ask about the audit trail")
    audit.add_argument("question", choices=("verify",), help="verify: is the chain unbroken?")
    return parser


def _run(options: argparse.Namespace, settings: Settings) -> int:
    if options.command == "serve":
        from app.asgi import WebRole
        from app.server import serve

        return serve(WebRole(options.role), settings, options.host, options.port)
    if options.command == "worker":
        from app.worker import run

        return run(settings, options.host, options.port)
    from app.commands import run_command

    return run_command(options, settings)
