"""Short runs of locust against a stub: what passes, what fails, and what says nothing."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from loadtests.facts import read_facts
from tests.loadtests.stub import StubApi

pytestmark = pytest.mark.load

ROOT = Path(__file__).parents[2]
SECONDS = 10  # windows of the CPU measurement, and samples of each endpoint
# What a busy machine alone can bring about: it says nothing about the stub (or our verdict, whose
# limits test_verdict.py holds).
OF_THE_MACHINE = re.compile(
    r"p95 of|.* requests/s were sent|the generator was saturated|.* users were reached|.* answers,"
)


@pytest.fixture
def api():
    with StubApi() as running:
        yield running


@pytest.fixture
def words(api, tmp_path):
    users = tmp_path / "users.json"
    users.write_text(json.dumps([{"email": "a@x", "token": "secret-token"}]))
    return [
        *(sys.executable, "-m", "loadtests", "--url", api.url, "--users", str(users)),
        *("--certificate", "TEST-1", "--output", str(tmp_path / "out"), "--seconds", str(SECONDS)),
        "--json",
    ]


def run(words):
    ended = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    return ended, json.loads(ended.stdout) if ended.stdout.startswith("{") else {}


def reasons_of_the_platform(shown):
    return [reason for reason in shown["reasons"] if not OF_THE_MACHINE.match(reason)]


def test_nothing_is_held_against_a_healthy_platform(words, tmp_path):
    ended, shown = run(words)
    assert reasons_of_the_platform(shown) == [], ended.stdout + ended.stderr
    assert (shown["verdict"] == "PASS") == (ended.returncode == 0) == (shown["reasons"] == [])
    assert shown["outcome"]["accepted"] > 0
    facts = read_facts(tmp_path / "out/facts.json")
    assert facts.users_reached == 20
    assert {one.kind for one in facts.accepted} == {"application", "document", "submission"}
    assert (tmp_path / "out/locust.html").exists()
    assert (tmp_path / "out/verdict.json").exists()
    left = [path for path in (tmp_path / "out").iterdir() if b"secret-token" in path.read_bytes()]
    assert left == [], "a token is left behind"


def test_accepted_and_forgotten_fails(words, api):
    api.store.forgets = True
    ended, shown = run(words)
    assert ended.returncode != 0, ended.stdout + ended.stderr
    assert "accepted but not stored" in " ".join(shown["reasons"])


def test_refusals_of_a_limiter_are_no_errors_but_make_the_run_invalid(words, api):
    api.store.refuse = 429
    ended, shown = run(words)
    assert ended.returncode == 5
    assert any("refused by a limiter" in reason for reason in shown["reasons"])
    assert shown["endpoints"]["create application"]["errors"] == 0


def test_errors_are_told(words, api):
    api.store.refuse = 500
    _, shown = run([*words, "--seconds", "2"])
    assert any("500, expected 201" in reason for reason in shown["reasons"])


@pytest.mark.parametrize(
    ("number", "says"),
    [(signal.SIGKILL, "killed by signal 9"), (signal.SIGTERM, "the run was ended after")],
)
def test_a_killed_generator_is_invalid(words, number, says):
    started = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    generator = wait_for_generator(started.pid)
    os.kill(generator, number)
    output, _ = started.communicate(timeout=90)
    assert started.returncode == 5, output
    assert any(says in reason for reason in json.loads(output)["reasons"])


def wait_for_generator(parent: int) -> int:
    """The pid of locust, once it takes users in."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for child in psutil.Process(parent).children():
            # It connects to the platform when its users run.
            if any(c.status == psutil.CONN_ESTABLISHED for c in child.net_connections("tcp")):
                return child.pid
        time.sleep(0.05)
    raise AssertionError("locust did not start")


def test_nobody_answering_is_exit_code_4(words):
    with StubApi() as gone:
        url = gone.url
    words[words.index("--url") + 1] = url
    ended, _ = run(words)
    assert ended.returncode == 4
    assert url in ended.stderr


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [("--profile", "storm", "'storm'"), ("--count", "-1", "more than 0")],
)
def test_a_run_that_cannot_be_is_wrong_use(words, option, value, says):
    ended, _ = run([*words, option, value])
    assert ended.returncode == 2
    assert says in ended.stderr
