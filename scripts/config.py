"""`gacp config`: checks a stack file, shows the configuration in force, prints its schema."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from infra.config.errors import ConfigurationError
from infra.config.origins import Effective, Origin, effective
from infra.config.placeholders import find_placeholders, with_examples
from infra.config.schema import schema_text
from infra.local.services.layout import Layout
from scripts.lib.command import ExitCode, Subparsers
from scripts.lib.platform.summary import table
from scripts.lib.stack_file import stack_configuration

EXAMPLE = """examples:
  gacp config check prod          everything that is wrong with Pulumi.prod.yaml, at once
  gacp config show prod           every key in force, and whether it is the stack file's, the
                                  preset's or the default
  gacp config show prod --origin "stack file" --json
  gacp config schema              the JSON schema that editors use
"""


def register(subparsers: Subparsers) -> None:
    """Add `config` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "config",
        help="check or show a stack's configuration",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(metavar="WORD", required=True)
    check = words.add_parser("check", help="exit code 1 and every problem, or 0")
    show = words.add_parser("show", help="the configuration in force with its origins")
    show.add_argument("--origin", choices=[str(o) for o in Origin], help="only these")
    for each, run in ((check, run_check), (show, run_show)):
        each.add_argument("stack", help="the name of a Pulumi.STACK.yaml")
        each.add_argument("--json", action="store_true", help="print the result as JSON")
        each.set_defaults(run=run)
    words.add_parser("schema", help="the JSON schema of a stack file").set_defaults(run=run_schema)


def run_check(args: argparse.Namespace) -> int:
    """Exit code 0 an update may start, 1 it may not: a rule is broken or `<CHANGE_ME>` is left."""
    config = stack_configuration(Layout.from_environment(), args.stack)
    blanks = find_placeholders(config)
    problems = [
        {"key": blank.key, "value": "<CHANGE_ME>", "says": f"only you know this: {blank.doc}"}
        for blank in blanks
    ]
    problems += [
        {"key": problem.key, "value": problem.value, "says": str(problem)}
        for problem in _broken_rules(with_examples(config))
    ]
    if args.json:
        _print_json({"stack": args.stack, "problems": problems})
    else:
        rows = [(str(p["key"]), str(p["says"]).removeprefix(f"{p['key']} is ")) for p in problems]
        sys.stdout.write(f"{table(rows, indent='')}\n" if rows else "")
        count = "1 problem" if len(problems) == 1 else f"{len(problems) or 'no'} problems"
        sys.stdout.write(f"stack {args.stack}: {count}\n")
    return ExitCode.NOT_SO if problems else ExitCode.DONE


def run_show(args: argparse.Namespace) -> int:
    """Exit code 0 shown, 1 the stack file breaks rules: what `check` says."""
    config = stack_configuration(Layout.from_environment(), args.stack)
    blanks = {blank.key for blank in find_placeholders(config)}
    try:
        keys = effective(with_examples(config))
    except ConfigurationError as error:
        sys.stderr.write(f"gacp config show: {error}\n")
        return ExitCode.NOT_SO
    keys = [each for each in keys if args.origin in (None, str(each.origin))]
    if args.json:
        _print_json([{**_as_json(each), "changeMe": each.key in blanks} for each in keys])
        return ExitCode.DONE
    rows = [
        (
            each.key,
            str(each.origin),
            "<CHANGE_ME>" if each.key in blanks else json.dumps(each.value, ensure_ascii=False),
        )
        for each in keys
    ]
    sys.stdout.write(table(rows, indent="") + "\n")
    return ExitCode.DONE


def run_schema(_: argparse.Namespace) -> int:
    """Exit code 0 always."""
    sys.stdout.write(schema_text())
    return ExitCode.DONE


def _broken_rules(config: Mapping[str, object]) -> list[Any]:
    try:
        effective(config)
    except ConfigurationError as error:
        return list(error.problems)
    return []


def _as_json(each: Effective) -> dict[str, object]:
    return {
        "key": each.key,
        "value": each.value,
        "origin": str(each.origin),
        "description": each.doc,
    }


def _print_json(content: object) -> None:
    sys.stdout.write(json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n")
