"""`gacp doctor`: looks at this machine's platform and says what is wrong and what to do."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from infra.local.services.layout import Layout
from scripts.lib.command import ExitCode, Subparsers
from scripts.lib.doctor.checks import CHECKS, Finding, Verdict, diagnose
from scripts.lib.platform.summary import table

EXAMPLE = """examples:
  gacp doctor                a line a check; what to do stands below those that fail
  gacp doctor --json         the same for programs
"""


def register(subparsers: Subparsers) -> None:
    """Add `doctor` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "doctor",
        help="find out what is wrong with this machine's platform",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0 nothing is wrong, 1 something is. A platform that isn't up is not wrong."""
    findings = diagnose(Layout.from_environment(), CHECKS)
    sys.stdout.write((_json(findings) if args.json else _text(findings)) + "\n")
    return ExitCode.NOT_SO if any(f.verdict is Verdict.WRONG for f in findings) else ExitCode.DONE


def _json(findings: list[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], indent=1, ensure_ascii=False)


def _text(findings: list[Finding]) -> str:
    lines = [table([(f.verdict.value, f.check, f.detail) for f in findings], indent="")]
    to_do = [f"{f.check}: {f.remedy}" for f in findings if f.verdict is Verdict.WRONG]
    wrong = f"{len(to_do)} of {len(findings)} checks found something wrong"
    return "\n".join([*lines, "", *(["What to do", *to_do, ""] if to_do else []), wrong])
