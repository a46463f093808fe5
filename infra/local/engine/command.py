"""The command line: the words and flags of the Pulumi CLI that this repository uses."""

from __future__ import annotations

import os
import sys

from infra.local.engine import VERSION
from infra.local.engine.arguments import (
    CHANGING,
    OPERATION,
    POLICY,
    REPLACING,
    SWITCH,
    HelpAsked,
    parse,
)
from infra.local.engine.errors import EngineError

_HELP = """The local engine: runs this repository's Pulumi program without the Pulumi CLI.

  preview | up | refresh | destroy    with -s STACK, --diff, --json, --expect-no-changes, …
  stack init|ls|select|output|export|import|history|rm
  config [get|set|rm] [KEY] [VALUE]
  state delete|protect|unprotect URN
  cancel        removes the lock that a killed run left
  version

What it offers and what it does not: infra/local/engine/README.md
"""

_FLAGS = {
    "preview": {**OPERATION, **REPLACING, **POLICY},
    "up": {**CHANGING, **REPLACING, **POLICY},
    "refresh": {**CHANGING, "preview-only": SWITCH, "clear-pending-creates": SWITCH},
    "destroy": {**CHANGING, "preview-only": SWITCH, "exclude-protected": SWITCH},
}


def _operate(command: str, argv: list[str]) -> int:
    from infra.local.engine.operations import Operation

    known = dict(_FLAGS[command])
    if command == "destroy":
        del known["expect-no-changes"]
    given = parse(argv, known, command)
    if given.words:
        raise EngineError(f"unexpected word {given.words[0]!r} after `{command}`")
    kind = "update" if command in ("preview", "up") else command
    operation = Operation(kind, given)
    if command == "preview" or given.on("preview-only"):
        return operation.preview()
    return operation.update()


def run(argv: list[str]) -> int:
    """Raises EngineError for everything a person has to put right."""
    given = list(argv)
    before: list[str] = []
    while given and given[0].startswith("-"):
        # Flags may stand before the command; those with a value bring it along.
        flag = given.pop(0)
        before.append(flag)
        takes = flag in ("-C", "--cwd", "-s", "--stack", "--color")
        if takes and given:
            before.append(given.pop(0))
    if not given:
        if "--version" in before:
            sys.stdout.write(f"{VERSION}\n")
        else:
            sys.stdout.write(_HELP)
        return 0
    command, rest = given[0], before + given[1:]
    command = {"update": "up", "pre": "preview", "down": "destroy"}.get(command, command)
    if command == "version":
        sys.stdout.write(f"{VERSION}\n")
        return 0
    if command in ("help", "--help", "-h"):
        sys.stdout.write(_HELP)
        return 0
    if command in _FLAGS:
        return _operate(command, rest)
    from infra.local.engine import config_commands, editing, stack_commands, state_commands

    others = {
        "stack": stack_commands.run,
        "cancel": state_commands.cancel,
        "state": editing.state,
        "config": config_commands.run,
    }
    if command not in others:
        raise EngineError(
            f"unknown command {command!r}: the local engine does not offer it; the Pulumi CLI may "
            "(`help` lists what is offered)"
        )
    return others[command](rest)


def main(argv: list[str]) -> int:
    """The command's exit status; errors are told on stderr."""
    # gRPC tells of every closed connection otherwise, on the person's terminal.
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    try:
        return run(argv)
    except HelpAsked as asked:
        sys.stdout.write(str(asked))
        return 0
    except EngineError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.code
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        return 8
