"""`gacp preview`: what an update of a stack would change. Nothing is changed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.local.services.layout import Layout
from scripts.lib.command import ExitCode, Subparsers, WrongUseError
from scripts.lib.engine import Engine, EngineResult, find_cli, succeeded
from scripts.lib.offline import offline_stack
from scripts.lib.platform import stack
from scripts.lib.platform.summary import table
from scripts.lib.stack_file import stack_file
from scripts.lib.verdicts import note_lines, verdict_line

EXAMPLE = """examples:
  gacp preview prod --offline                  no account, no CLI: against an empty state
  gacp preview prod --offline --state up.json  against an export of the real stack
  gacp preview local                           against what `make up` made
  gacp preview prod                            with the Pulumi CLI and your account
"""


def register(subparsers: Subparsers) -> None:
    """Add `preview` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "preview",
        help="what an update of a stack would change",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("stack", help="the name of a Pulumi.STACK.yaml")
    parser.add_argument(
        "--offline", action="store_true", help="local engine, provider without an account"
    )
    parser.add_argument("--state", type=Path, help="with --offline: an export to preview against")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0 previewed, 1 policy violations (offline), 2 wrong use, 4 the engine could not."""
    layout = Layout.from_environment()
    stack_file(layout, args.stack)
    if args.state and not args.offline:
        raise WrongUseError("--state belongs to --offline: a real preview reads the stack's own")
    if args.offline:
        return _offline(layout, args)
    return _online(layout, args)


def _offline(layout: Layout, args: argparse.Namespace) -> int:
    with offline_stack(layout, args.stack, args.state) as offline:
        if not args.json:
            sys.stdout.write(f"offline preview of {args.stack}; state: {offline.source}\n")
            for warning in offline.warnings:
                sys.stdout.write(f"warning: {warning}\n")
            sys.stdout.flush()
        result, report = offline.judged_preview()
        succeeded(result, ["preview", args.stack])
    more = {"state": offline.source, "warnings": list(offline.warnings), "policy": report}
    _show(result, args, more)
    if not args.json:
        for note in note_lines(report):
            sys.stdout.write("\n".join([*note, ""]))
        sys.stdout.write(f"{verdict_line(report)}\n")
    return ExitCode.DONE if report["clean"] else ExitCode.NOT_SO


def _online(layout: Layout, args: argparse.Namespace) -> int:
    words = ["preview", "--stack", args.stack, "--non-interactive"]
    if args.stack == stack.STACK:
        place = stack.place_of(layout, stack.LOCAL_ENGINE)
        if not place.config.exists():
            raise WrongUseError("stack local isn't up yet: `make up`, or add --offline")
        engine = stack.local_engine(layout, place)
        words += ["--config-file", str(place.config)]
    else:
        engine = Engine(find_cli(), layout.repository)
    result = succeeded(engine.run(words, 900, events=True), words)
    _show(result, args, {"state": f"stack {args.stack}", "warnings": []})
    return ExitCode.DONE


def _show(result: EngineResult, args: argparse.Namespace, more: dict[str, Any]) -> None:
    steps = list(_steps(result))
    if args.json:
        content = {"stack": args.stack, **more, "changes": result.changes, "steps": steps}
        sys.stdout.write(json.dumps(content, indent=1) + "\n")
        return
    rows = [(s["operation"], s["type"], s["name"]) for s in steps if s["operation"] != "same"]
    if rows:
        sys.stdout.write(table(rows) + "\n")
    counts = ", ".join(f"{count} {name}" for name, count in sorted(result.changes.items()))
    sys.stdout.write(f"{result.changed} resources would change ({counts})\n")


def _steps(result: EngineResult) -> Sequence[dict[str, str]]:
    metadata = [e["resourcePreEvent"]["metadata"] for e in result.events if "resourcePreEvent" in e]
    return [
        {
            "operation": str(data["op"]),
            "type": str(data["type"]),
            "name": str(data["urn"]).rpartition("::")[2],
            "urn": str(data["urn"]),
        }
        for data in metadata
        if not str(data["type"]).startswith("pulumi:providers:")  # nobody's resource
    ]
