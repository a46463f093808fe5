"""Runs one profile against an address: `python -m loadtests --url URL --users FILE --output DIR`.

Exit codes: 0 pass, 1 fail, 2 wrong use, 4 nobody answers, 5 the run is invalid.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import requests

from loadtests.facts import Outcome, RunFacts, read_facts
from loadtests.outcome import OutcomeError, check_outcome
from loadtests.report import as_json, as_text
from loadtests.settings import (
    VARIABLE,
    LoadUser,
    Settings,
    SettingsError,
    read_users,
    write_settings,
)
from loadtests.thresholds import PROFILES, Profile, ProfileError, profile_named
from loadtests.verdict import EXIT_CODES, judge

WRONG_USE, UNREACHABLE = 2, 4
SCENARIO = Path(__file__).with_name("scenario.py")
# What locust may take beyond the run: start, users that finish their request, reports.
MARGIN_SECONDS = 60
STOP_SECONDS = 10


def main(arguments: list[str] | None = None) -> int:
    """Run, ask what became of it, judge, print."""
    given = _parser().parse_args(arguments)
    try:
        profile = profile_named(given.profile).shortened(given.count, given.seconds)
        users = read_users(given.users)
    except (ProfileError, SettingsError) as error:
        return _complain(str(error), WRONG_USE)
    try:
        requests.get(f"{given.url.rstrip('/')}/health", timeout=10)
    except requests.RequestException as error:
        return _complain(f"{given.url} does not answer: {error}", UNREACHABLE)
    given.output.mkdir(parents=True, exist_ok=True)
    run = f"load{uuid4().hex[:10]}"
    code, facts = generate(profile, given.url, users, run, given.certificate, given.output)
    outcome = _ask_outcome(given.url, run, users, facts, profile)
    verdict = judge(profile, facts, outcome, code)
    (given.output / "verdict.json").write_text(as_json(profile, facts, outcome, verdict) + "\n")
    show = as_json if given.json else as_text
    sys.stdout.write(show(profile, facts, outcome, verdict) + "\n")
    return EXIT_CODES[verdict.result]


def generate(
    profile: Profile,
    url: str,
    users: tuple[LoadUser, ...],
    run: str,
    certificate: str,
    output: Path,
) -> tuple[int, RunFacts | None]:
    """Run locust; its exit code (negative: a signal's number) and what it left.

    Reports of locust's own (CSV, JSON, HTML) lie beside it in `output`.
    """
    facts, settings = output / "facts.json", output / "settings.json"
    facts.unlink(missing_ok=True)  # of an earlier run: it would speak for one that left nothing
    write_settings(
        settings,
        Settings(run, users, certificate, profile.rate, profile.users, profile.seconds, str(facts)),
    )
    words = [
        *(sys.executable, "-m", "locust", "--locustfile", str(SCENARIO), "--headless"),
        *("--host", url.rstrip("/"), "--users", str(profile.users)),
        *("--spawn-rate", str(profile.spawn_rate)),
        *("--stop-timeout", str(STOP_SECONDS), "--exit-code-on-error", "0", "--only-summary"),
        *("--csv", str(output / "locust"), "--json-file", str(output / "locust")),
        *("--html", str(output / "locust.html"), "--loglevel", "WARNING"),
    ]
    with (output / "locust.log").open("wb") as log:
        process = subprocess.Popen(
            words,
            cwd=SCENARIO.parents[1],
            env={**os.environ, VARIABLE: str(settings), "PYTHONPATH": str(SCENARIO.parents[1])},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            code = process.wait(timeout=profile.seconds + MARGIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        except KeyboardInterrupt:
            # It writes what it saw, and the verdict says that the run was ended early.
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=MARGIN_SECONDS)
        finally:
            settings.unlink(missing_ok=True)  # tokens are needed no longer
    return code, read_facts(facts)


def _ask_outcome(
    url: str, run: str, users: tuple[LoadUser, ...], facts: RunFacts | None, profile: Profile
) -> Outcome | None:
    if facts is None:
        return None
    try:
        return check_outcome(url, run, users, facts, profile.queue_rate)
    except OutcomeError as error:
        _complain(str(error), UNREACHABLE)
        return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    parser.add_argument("--profile", default="smoke", help=f"one of {', '.join(PROFILES)}")
    parser.add_argument("--url", required=True, help="public address of the platform")
    parser.add_argument("--users", type=Path, required=True, help='JSON list of {"email","token"}')
    parser.add_argument("--certificate", required=True, help="number of a valid certificate")
    parser.add_argument("--output", type=Path, required=True, help="folder of the reports")
    parser.add_argument("--seconds", type=float, help="shorter or longer than the profile says")
    parser.add_argument("--count", type=int, help="fewer or more users than the profile says")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


def _complain(sentence: str, code: int) -> int:
    sys.stderr.write(f"loadtests: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
