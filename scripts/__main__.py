"""`gacp`, the operators' command line: finds the command, runs it, turns errors into exit codes."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from infra.local.services.errors import ServicesError
from scripts.lib.command import CommandError, ExitCode, Subparsers


@dataclass(frozen=True, slots=True)
class Command:
    """A word of `gacp`. Its module has `register(subparsers)`, which sets `run`."""

    name: str
    module: str
    summary: str


# The one place to add a command: `gacp --help` lists these in this order.
COMMANDS = (
    Command("up", "scripts.up", "bring a stack up; `gacp up local` is the whole platform here"),
    Command("down", "scripts.down", "stop the processes of the platform on this machine"),
    Command("preview", "scripts.preview", "what an update of a stack would change"),
    Command("config", "scripts.config", "check or show a stack's configuration"),
    Command("policy", "scripts.policy", "does a stack keep the controls of infra/policy"),
    Command("host", "scripts.host", "the bundle that sets up a server of one's own"),
    Command("smoke", "scripts.smoke", "ask a running platform whether it does its work"),
    Command("loadtest", "scripts.loadtest", "load on a running platform, with a verdict"),
    Command("kube-token", "scripts.kube_token", "a short-lived token for kubectl (kubeconfig)"),
    Command("doctor", "scripts.doctor", "find out what is wrong with this machine's platform"),
)
EXAMPLE = """example:
  gacp up local          start everything on this machine
  gacp COMMAND --help    what a command does, with an example

exit codes: 0 done, 1 the thing asked about is not so, 2 wrong use, 3 refused for safety,
4 could not reach or run; loadtest also 5 for a run that proves nothing
"""


def build_parser(wanted: str | None) -> argparse.ArgumentParser:
    """The parser. Only the wanted command's module is imported: a start stays quick."""
    parser = argparse.ArgumentParser(
        prog="gacp",
        description="Operates the GACP platform.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers: Subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        if command.name == wanted:
            importlib.import_module(command.module).register(subparsers)
        else:
            subparsers.add_parser(command.name, help=command.summary)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code is one of `ExitCode`, 130 after Ctrl-C."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((word for word in words if not word.startswith("-")), None)
    args = build_parser(wanted).parse_args(words)
    try:
        return int(args.run(args))
    except CommandError as error:
        sys.stderr.write(f"gacp {wanted}: {error}\n")
        return error.code
    except ServicesError as error:
        sys.stderr.write(f"gacp {wanted}: {error}\n")
        return ExitCode.UNREACHABLE
    except KeyboardInterrupt:
        sys.stderr.write(f"gacp {wanted}: stopped; the same command goes on from here\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
