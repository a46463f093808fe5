"""`gacp host`: what a server of one's own needs to run a stack's workloads (profile `external`)."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.config.choices import ComputeProfile
from infra.config.errors import ConfigurationError
from infra.config.loader import load_settings
from infra.config.placeholders import find_placeholders, with_examples
from infra.config.settings import Settings
from infra.host.bundle import BundleArgs, bundle_archive
from infra.local.services.layout import Layout
from infra.workloads.environment import MissingOutputError
from scripts.lib.command import (
    ExitCode,
    NotSoError,
    RefusedError,
    Subparsers,
    WrongUseError,
)
from scripts.lib.engine import Engine, find_cli
from scripts.lib.offline import offline_stack
from scripts.lib.platform.stack import STACK as LOCAL_STACK
from scripts.lib.stack_file import stack_configuration

EXAMPLE = """examples:
  gacp host bundle mine                            from the stack's outputs (Pulumi CLI, account)
  gacp host bundle mine --offline --state up.json  from an export of the stack
  gacp host bundle mine --output gacp.tar.gz
  gacp host bundle mine --json                     file, SHA-256 and size for a pipeline

What to do with it on the server: docs/own-server.md
"""
OUTPUT_SECONDS = 120


def register(subparsers: Subparsers) -> None:
    """Add `host` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "host",
        help="the bundle for a server of one's own",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(metavar="WORD", required=True)
    bundle = words.add_parser(
        "bundle",
        help="one file that sets a server up",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    bundle.add_argument("stack", help="the name of a Pulumi.STACK.yaml with profile external")
    bundle.add_argument("--output", type=Path, help="default: .local/bundles/gacp-STACK.tar.gz")
    bundle.add_argument("--offline", action="store_true", help="from an export, without an account")
    bundle.add_argument("--state", type=Path, help="with --offline: the export")
    bundle.add_argument("--json", action="store_true", help="print the result as JSON")
    bundle.set_defaults(run=run_bundle)


def run_bundle(args: argparse.Namespace) -> int:
    """Exit code 0 written, 1 the stack is not up or is not fit, 2 wrong use, 3 `<CHANGE_ME>` is
    left, 4 the engine could not."""
    layout = Layout.from_environment()
    if args.state and not args.offline:
        raise WrongUseError("--state belongs to --offline: else the stack's own is read")
    if args.stack == LOCAL_STACK:
        raise WrongUseError("stack local is of this machine alone: `gacp up local` runs it")
    settings, warnings = _settings(layout, args.stack, args.offline)
    outputs = _outputs(layout, args)
    try:
        archive = bundle_archive(bundle_arguments(settings, outputs))
    except MissingOutputError as error:
        raise NotSoError(str(error)) from error
    target = args.output or layout.local / "bundles" / f"gacp-{args.stack}.tar.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(archive)
    _show(args, target, archive, warnings)
    return ExitCode.DONE


def bundle_arguments(settings: Settings, outputs: Mapping[str, object]) -> BundleArgs:
    """What the bundle of a server of one's own is rendered from.

    Raises `NotSoError` where the configuration says too little for one, with all missing keys.
    """
    stack = settings.stack
    needed = {
        "gacp:edge.domain": stack.edge.domain,
        "gacp:workloads.imageDigest": stack.workloads.image_digest,
        "gacp:workloads.edgeImage": stack.workloads.edge_image,
    }
    missing = [name for name, value in needed.items() if not value]
    if stack.compute.profile is not ComputeProfile.EXTERNAL:
        raise NotSoError(
            f"gacp:compute.profile is {stack.compute.profile}: its machines get their bundle from "
            "the stack itself; a server of one's own belongs to profile external"
        )
    if missing:
        raise NotSoError(f"a server of one's own needs {', '.join(missing)} in the stack file")
    return BundleArgs.of(settings, outputs, own_server=True)


def _settings(layout: Layout, stack: str, offline: bool) -> tuple[Settings, list[str]]:
    config = stack_configuration(layout, stack)
    left = [each.key for each in find_placeholders(config)]
    if left and not offline:
        raise RefusedError(f"<CHANGE_ME> is left in Pulumi.{stack}.yaml: {', '.join(left)}")
    try:
        settings = load_settings(with_examples(config))
    except ConfigurationError as error:
        raise NotSoError(str(error)) from error
    return settings, [f"{name} is <CHANGE_ME>: an example stands in the bundle" for name in left]


def _outputs(layout: Layout, args: argparse.Namespace) -> Mapping[str, object]:
    words = ["stack", "output", "--json", "--stack", args.stack, "--non-interactive"]
    if args.offline:
        with offline_stack(layout, args.stack, args.state) as offline:
            told = offline.engine.must([*words, "--config-file", str(offline.config)]).output
    else:
        told = Engine(find_cli(), layout.repository).must(words, OUTPUT_SECONDS).output
    outputs = json.loads(told)
    if not outputs:
        way = "--state FILE reads an export of one that is" if args.offline else "bring it up first"
        raise NotSoError(f"stack {args.stack} puts nothing out, so it is not up: {way}")
    return outputs


def _show(args: argparse.Namespace, target: Path, archive: bytes, warnings: list[str]) -> None:
    digest = hashlib.sha256(archive).hexdigest()
    if args.json:
        content = {
            "stack": args.stack,
            "file": str(target),
            "sha256": digest,
            "bytes": len(archive),
            "warnings": warnings,
        }
        sys.stdout.write(json.dumps(content, indent=1) + "\n")
        return
    lines = [
        *(f"warning: {each}" for each in warnings),
        f"{target}: {len(archive)} bytes, SHA-256 {digest}",
        "copy it to the server (Ubuntu 24.04); there:",
        f"  mkdir gacp && tar -xzf {target.name} -C gacp",
        "  install -m 600 gacp/environment.template gacp.env   # fill in each <CHANGE_ME>",
        "  sudo gacp/set-up --environment gacp.env",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
