"""`gacp policy`: does a stack keep the controls of infra/policy? Nothing is changed."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from infra.config.errors import ConfigurationError
from infra.config.loader import load_settings
from infra.config.placeholders import with_examples
from infra.local.services.layout import Layout
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, Allowance, ExceptionsError, read_exceptions
from infra.policy.judging import judge
from infra.policy.model import Profile
from infra.policy.reporting import document_of
from infra.policy.state import StateError, graph_of_state, profile_of_state
from scripts.lib.command import CommandError, ExitCode, NotSoError, Subparsers, WrongUseError
from scripts.lib.engine import succeeded
from scripts.lib.offline import offline_stack
from scripts.lib.platform.stack import read_yaml
from scripts.lib.platform.summary import table
from scripts.lib.stack_file import stack_file
from scripts.lib.verdicts import full_text

EXAMPLE = """examples:
  gacp policy check prod                    an offline preview of the stack, no account
  gacp policy check --state up.json         an export (`pulumi stack export --file up.json`)
  gacp policy check prod --state up.json    the same, judged as the stack's own file says
  gacp policy check prod --json             the report for programs
  gacp policy list                          every control
"""


def register(subparsers: Subparsers) -> None:
    """Add `policy` to the words of `gacp`."""
    shape: dict[str, Any] = {
        "epilog": EXAMPLE,
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }
    parser = subparsers.add_parser(
        "policy",
        help="does a stack keep the controls of infra/policy",
        description=__doc__,
        **shape,
    )
    words = parser.add_subparsers(metavar="WORD", required=True)
    check = words.add_parser("check", help="judge a stack's preview or an exported state", **shape)
    check.add_argument("stack", nargs="?", help="the name of a Pulumi.STACK.yaml")
    check.add_argument("--state", type=Path, help="an export to judge instead of a preview")
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    check.set_defaults(run=run_check)
    listing = words.add_parser("list", help="print the controls", **shape)
    listing.add_argument("--json", action="store_true", help="print them as JSON")
    listing.set_defaults(run=run_list)


def run_check(args: argparse.Namespace) -> int:
    """Exit code 0 clean, 1 violations or useless exceptions, 2 wrong use, 4 could not judge."""
    layout = Layout.from_environment()
    if not args.stack and not args.state:
        raise WrongUseError("what shall be judged? Give a stack, or --state with an export of one")
    if args.stack:
        stack_file(layout, args.stack)  # refuses one that is not there
    exceptions = _exceptions()
    if args.state:
        report = _of_state(layout, args.state, args.stack, exceptions)
        source = f"state {args.state}"
    else:
        report = _of_preview(layout, args.stack)
        source = f"an offline preview of {args.stack}"
    text = json.dumps(report, indent=1) if args.json else full_text(report, source)
    sys.stdout.write(f"{text}\n")
    return ExitCode.DONE if report["clean"] else ExitCode.NOT_SO


def run_list(args: argparse.Namespace) -> int:
    """Exit code 0."""
    if args.json:
        rows: list[dict[str, Any]] = [
            {
                **{key: getattr(each, key) for key in ("id", "title", "expects", "basis", "room")},
                "severity": str(each.severity),
                "where": str(each.where),
                "types": each.subjects,
            }
            for each in CONTROLS
        ]
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return ExitCode.DONE
    lines = [(c.id, c.room, str(c.severity), str(c.where), c.title) for c in CONTROLS]
    sys.stdout.write(table([("id", "room", "severity", "where", "says"), *lines], indent="") + "\n")
    return ExitCode.DONE


def _exceptions() -> tuple[Allowance, ...]:
    try:
        return read_exceptions(FILE, [control.id for control in CONTROLS])
    except ExceptionsError as error:
        raise NotSoError(f"the exceptions can't be used:\n{error}") from error


def _of_preview(layout: Layout, name: str) -> Any:
    with offline_stack(layout, name, None) as offline:
        result, report = offline.judged_preview()
        succeeded(result, ["preview", name])
    return report


def _of_state(
    layout: Layout, path: Path, stack: str | None, exceptions: tuple[Allowance, ...]
) -> Any:
    today = datetime.now(tz=UTC).date()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        graph = graph_of_state(document)
        named = _profile_of_stack(layout, stack, today) if stack else None
        profile = named or profile_of_state(document, today)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, StateError) as error:
        raise CommandError(f"{path} can't be judged: {error}") from error
    return document_of(judge(graph, profile, exceptions), profile)


def _profile_of_stack(layout: Layout, name: str, today: date) -> Profile:
    config = read_yaml(layout.repository / f"Pulumi.{name}.yaml").get("config") or {}
    try:
        settings = load_settings(with_examples(config))
    except ConfigurationError as error:
        raise CommandError(str(error)) from error
    stack = settings.stack
    return Profile(stack.environment, str(stack.compute.profile), settings.aws.region, today)
