"""`gacp up`: brings a stack up; stack `local` is the whole platform on this machine."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping

from infra.config.placeholders import find_placeholders
from infra.local.services.layout import Layout
from infra.local.services.programs import read_programs
from infra.local.services.supervisor import Applied, Supervisor
from infra.workloads.processes import local_processes
from scripts.lib.command import (
    CommandError,
    ExitCode,
    NotSoError,
    RefusedError,
    Subparsers,
    changing,
)
from scripts.lib.engine import find_cli
from scripts.lib.platform import application, services, stack
from scripts.lib.platform.summary import summary
from scripts.lib.progress import Phases
from scripts.lib.stack_file import stack_configuration

EXAMPLE = """examples:
  gacp up local                   services, stack, application, seed and smoke test
  gacp up local --no-smoke        the same without the smoke test
  gacp up local --new-ports       give services whose port was taken meanwhile another one
"""
SMOKE_SECONDS = 300


def register(subparsers: Subparsers) -> None:
    """Add `up` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "up",
        help="bring a stack up",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("stack", help="local, or the name of a Pulumi.STACK.yaml")
    parser.add_argument("--engine", choices=stack.ENGINES, default=stack.LOCAL_ENGINE)
    parser.add_argument("--new-ports", action="store_true", help="move away from taken ports")
    parser.add_argument("--no-smoke", action="store_true", help="skip the smoke test")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0 up, 1 smoke failed, 2 unknown stack, 3 refused, 4 something didn't run."""
    layout = Layout.from_environment()
    if args.stack != stack.STACK:
        return _elsewhere(layout, args.stack)
    if args.dry_run:
        return _dry_run(layout, args.json)
    words = [f"--{name}" for name in ("new_ports", "no_smoke") if getattr(args, name)]
    with changing(layout, "up", [stack.STACK, "--engine", args.engine, *words]):
        return LocalUp(layout, args).run()


class LocalUp:
    """One run of `gacp up local`."""

    def __init__(self, layout: Layout, args: argparse.Namespace) -> None:
        self._layout, self._args = layout, args
        self._phases = Phases(6 if args.no_smoke else 7)
        self._supervisor = Supervisor(layout, self._phases.detail)

    def run(self) -> int:
        """All phases, and the summary."""
        began, phases = time.monotonic(), self._phases
        first = not (self._layout.run / "seed.json").exists()
        with phases.phase("services", 15 if first else 3):
            ports = services.port_book(self._layout, phases.detail, rechoose=self._args.new_ports)
            started = services.start_services(
                self._layout, self._supervisor, ports, os.environ, phases.detail
            )
            self._say(started.applied)
        edge = started.endpoints["edge"]
        public_url = f"http://{edge.host}:{edge.port}"
        with phases.phase("stack local", 20 if first else 5):
            outputs, changes = self._stack(public_url, started)
        processes = local_processes(outputs, ports)
        with phases.phase("secrets and database", 3):
            if application.put_application_secret(outputs, processes):
                phases.detail("a random application secret was put into the secret store")
            for process in processes:
                if process.one_shot:
                    application.run_once(self._layout, process)
        with phases.phase("application and nginx", 10):
            applied = application.start_application(
                self._layout, self._supervisor, processes, edge.port, phases.detail
            )
            self._say(applied)
        with phases.phase("seed", 5):
            seeded = application.seed(self._layout, processes)
        smoke = None if self._args.no_smoke else self._smoke()
        with phases.phase("summary"):
            result = {
                "publicUrl": public_url,
                "mailView": f"http://{started.endpoints['mail'].host}"
                f":{started.endpoints['mail'].view_port}",
                "resourceChanges": changes,
                "started": [*started.applied.started, *applied.started],
                "kept": [*started.applied.kept, *applied.kept],
                "certificateNumber": seeded.get("certificateNumber"),
                "smoke": None if smoke is None else ("passed" if smoke == 0 else "failed"),
                "seconds": round(time.monotonic() - began, 1),
            }
        text = json.dumps(result, indent=1) if self._args.json else summary(self._layout, result)
        sys.stdout.write(f"{text}\n")
        if smoke:
            raise NotSoError(
                "everything runs, but the smoke test failed: its lines above name the parts; "
                f"logs are in {self._layout.log}, `gacp smoke` asks again"
            )
        return ExitCode.DONE

    def _stack(
        self, public_url: str, started: services.Services
    ) -> tuple[Mapping[str, object], Mapping[str, int]]:
        place = stack.place_of(self._layout, self._args.engine)
        stack.install_provider(self._layout)
        engine = stack.local_engine(self._layout, place)
        stack.render_configuration(self._layout, place, public_url, started.endpoints["mail"])
        result = stack.bring_up(engine, place, self._phases.detail)
        counts = ", ".join(f"{count} {name}" for name, count in sorted(result.changes.items()))
        self._phases.detail(f"{result.changed} resources changed ({counts})")
        return stack.read_outputs(engine), result.changes

    def _smoke(self) -> int:
        # Asked in full until it has passed once; afterwards without writes.
        passed = self._layout.run / "smoke-passed"
        quick = ["--quick"] if passed.exists() else []
        with self._phases.phase("smoke test", 8 if quick else 45):
            done = subprocess.run(
                [str(self._layout.python), "-m", "scripts", "smoke", *quick],
                cwd=self._layout.repository,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                timeout=SMOKE_SECONDS,
                check=False,
            )
        if done.returncode == 0:
            passed.touch()
        return done.returncode

    def _say(self, applied: Applied) -> None:
        if applied.kept:
            self._phases.detail(f"running already: {', '.join(applied.kept)}")
        if applied.removed:
            self._phases.detail(f"no longer wanted: {', '.join(applied.removed)}")


def _elsewhere(layout: Layout, name: str) -> int:
    left = find_placeholders(stack_configuration(layout, name))
    if left:
        lines = "\n".join(f"  {place.key}: {place.doc}" for place in left)
        raise RefusedError(
            f"Pulumi.{name}.yaml still says <CHANGE_ME> where only its owner knows:\n{lines}\n"
            f"write these values, then run the same command; `gacp preview {name} --offline` "
            "previews with reserved examples meanwhile"
        )
    cli = find_cli()
    raise CommandError(
        f"bringing {name} up on AWS with its gates isn't part of gacp yet: run `{cli} up --stack "
        f"{name}` yourself (README, deploying to AWS)"
    )


def _dry_run(layout: Layout, as_json: bool) -> int:
    supervisor = Supervisor(layout)
    states = supervisor.client.states() if supervisor.running() else {}
    plan = {
        name: "keep running" if name in states and states[name].pid else "start"
        for name in read_programs(layout)
    }
    if as_json:
        sys.stdout.write(json.dumps({"programs": plan}, indent=1) + "\n")
        return ExitCode.DONE
    lines = [f"{verb}: {name}" for name, verb in plan.items()]
    first = "first start: make the services ready, start them, bring stack local up, start the"
    sys.stdout.write("\n".join(lines or [f"{first} application, seed it, test it"]) + "\n")
    return ExitCode.DONE
