"""SIGKILL in the middle of accepting applications: nothing accepted is lost, nothing doubled."""

from __future__ import annotations

import pytest

from loadtests.settings import LoadUser
from tests.e2e.running import wait_until
from tests.e2e.writing import Writers, enough

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

BEFORE, AFTER = 3, 3  # submissions accepted before the kill, and after it
RECOVERY_SECONDS = 60
SERVICES = ("worker-0", "redis-queue", "redis-cache", "database", "api-0", "aws-api")


@pytest.fixture
def writers(platform):
    made = platform.local.app("token", "--role", "farmer")
    assert made.code == 0, made.errors
    user = LoadUser(platform.accounts["farmer"].email, made.output.split()[-1])
    return Writers(platform.url, user)


@pytest.mark.parametrize("name", SERVICES)
def test_a_killed_process_loses_and_doubles_nothing(platform, writers, name):
    with writers.writing():
        wait_until(f"{BEFORE} submissions", lambda: enough(writers, BEFORE), RECOVERY_SECONDS)
        killed = platform.kill(name)
        goal = writers.count("submission") + AFTER
        wait_until(
            f"{AFTER} submissions after {name} was killed",
            lambda: enough(writers, goal),
            RECOVERY_SECONDS,
        )
    # Accepting needs no worker: it may be still on its way back.
    wait_until(
        f"{name} is started again",
        lambda: platform.pids().get(name, killed) != killed,
        RECOVERY_SECONDS,
    )
    writers.hold()
    writers.hold_mails(platform.local.mail_view)


def test_everything_killed_at_once_loses_and_doubles_nothing(platform, writers):
    with writers.writing():
        wait_until(f"{BEFORE} submissions", lambda: enough(writers, BEFORE), RECOVERY_SECONDS)
        assert platform.kill_everything() >= len(SERVICES)
    assert platform.processes() == []
    changes = platform.up()["resourceChanges"]
    assert set(changes) <= {"same"}, changes
    writers.hold()
    writers.hold_mails(platform.local.mail_view)
    verified = platform.gacp("smoke", "--quick", "--json")
    assert verified.returncode == 0, verified.stdout
