"""`set-up`: makes a machine ready and brings this release into service; again changes nothing."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.host.onmachine.commands import run
from infra.host.onmachine.engine import Engine
from infra.host.onmachine.environment import KEYS, TEMPLATE, names_in, read_environment
from infra.host.onmachine.errors import BusyError, MachineError
from infra.host.onmachine.installing import installed
from infra.host.onmachine.lock import alone
from infra.host.onmachine.places import ENVIRONMENT_FILE, Places
from infra.host.onmachine.release import Release, read_release
from infra.host.onmachine.service import load_check, own_certificate, serving, start_at_boot, tidy
from infra.host.onmachine.steps import File, Report, Step, run_steps, say
from infra.host.onmachine.system import (
    engine_runs,
    files,
    folders,
    images,
    networks,
    packages,
    user,
)

DONE, FAILED, WRONG_USE, REFUSED = 0, 1, 2, 3
BOOT_WAIT_SECONDS = 900  # for a set-up that is at work
STOP_SECONDS = 120

EXAMPLE = """examples:
  sudo ./set-up --environment FILE   a server of one's own, first time
  sudo ./set-up                      again, or a machine on AWS: only what is not right yet
  sudo ./set-up --check              what it would do

The last line is a summary as JSON. exit codes: 0 all is up and healthy, 1 a step failed (what
served before still serves), 2 wrong use, 3 another set-up is at work
"""


def main(folder: Path, arguments: Sequence[str]) -> int:
    """Run as `arguments` say, with the bundle that is unpacked in `folder`."""
    options = _parser().parse_args(arguments)
    places, report = Places.of(), Report()
    if places.is_machine and os.geteuid() != 0:
        sys.stderr.write("set-up: the machine is root's to change: `sudo ./set-up`\n")
        return WRONG_USE
    outcome = "failed"
    try:
        release = read_release(folder)
        if options.stop:
            return stop(Engine(folder, release))
        wait = BOOT_WAIT_SECONDS if options.boot else 0
        with alone(places, f"set-up of release {folder.name}", wait):
            folder = installed(places, folder, only_look=options.check)
            steps = _steps(places, folder, release, options, report)
            run_steps(steps, report, only_look=options.check)
        outcome = "checked" if options.check else "done"
    except BusyError as error:
        sys.stderr.write(f"set-up: {error}\n")
        outcome = "refused"
        return REFUSED
    except MachineError as error:
        sys.stderr.write(f"set-up: {error}\n")
        return FAILED
    finally:
        if not options.stop:
            _summarise(folder, report, outcome)
    return DONE


def stop(engine: Engine) -> int:
    """End everything in order: the edge first, so that nobody asks what is leaving."""
    edge = engine.release.edge.name
    standing = [each for each in engine.containers() if each.status != "exited"]
    for those in (
        [each.id for each in standing if each.slot == edge],
        [each.id for each in standing if each.slot != edge],
    ):
        if those:
            run(["docker", "stop", *those], STOP_SECONDS)
    return DONE


def _steps(
    places: Places,
    folder: Path,
    release: Release,
    options: argparse.Namespace,
    report: Report,
) -> list[Step]:
    text = _environment_text(places, release, options.environment)
    values = read_environment(text, names_in((folder / TEMPLATE).read_text(encoding="utf-8")))
    engine = Engine(folder, release, _keys(values))
    kept = places.at(ENVIRONMENT_FILE)
    before = kept.read_bytes() if kept.exists() else b""
    running = [
        networks(engine),
        images(engine),
        serving(places, engine, text.encode(), before, report),
        load_check(places, engine, before),
        start_at_boot(places, folder),
        tidy(places, engine),
    ]
    environment = _environment_step(places, text)
    if options.boot:
        return [environment, *running]
    return [
        environment,
        packages(release),
        user(release),
        folders(places, release),
        files(places, release, folder),
        engine_runs(),
        own_certificate(places, release),
        *running,
    ]


def _environment_text(places: Places, release: Release, given: Path | None) -> str:
    """The file that is given, else the one that is there, else none where the machine has a role.

    Raises `MachineError` where keys are wanted and nobody gave any.
    """
    kept = places.at(ENVIRONMENT_FILE)
    if given:
        try:
            return given.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise MachineError(f"--environment {given} can't be read ({error})") from error
    if kept.exists():
        return kept.read_text(encoding="utf-8")
    if release.own_server:
        raise MachineError(
            f"this server has no role on AWS: copy {TEMPLATE}, fill it in, and run "
            "`sudo ./set-up --environment FILE`"
        )
    return ""


def _environment_step(places: Places, text: str) -> Step:
    file = File(places.at(ENVIRONMENT_FILE), text, 0o600)
    return Step(
        "environment",
        lambda: [] if file.is_right() else [f"write {file.path} for root alone"],
        file.make,
        "the folder /etc/gacp has to be writable: `df -h /etc`",
    )


def _keys(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in KEYS if values.get(name)}


def _summarise(folder: Path, report: Report, outcome: str) -> None:
    say(f"set-up {outcome} after {report.seconds} s")
    summary = {
        "release": folder.name,
        "outcome": outcome,
        "changed": report.changed,
        "steps": report.steps,
        "exchange": report.exchange,
        "seconds": report.seconds,
    }
    say(json.dumps(summary))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="set-up",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--environment", type=Path, help="a filled-in environment.template")
    parser.add_argument("--check", action="store_true", help="say what it would do, do nothing")
    for name, text in (
        ("--boot", "start what should run, without touching the system (gacp.service)"),
        ("--stop", "stop everything in order (gacp.service)"),
    ):
        parser.add_argument(name, action="store_true", help=text)
    return parser
