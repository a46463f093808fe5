"""`gacp up` and `gacp down`: repeatable, tidy, and data stays."""

from __future__ import annotations

import json
import subprocess

import httpx
import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]


def git_status(platform) -> str:
    ended = subprocess.run(
        ["git", "status", "--porcelain"],
        cwd=platform.layout.repository,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ended.stdout


def verifies(platform) -> bool:
    page = httpx.get(f"{platform.url}/verify/{platform.certificate}", timeout=10)
    return page.status_code == 200 and platform.certificate in page.text


def test_a_second_up_changes_no_resource_and_starts_nothing_anew(platform):
    before, number = platform.pids(), platform.certificate
    result = platform.up()
    assert set(result["resourceChanges"]) <= {"same"}, result["resourceChanges"]
    assert result["started"] == []
    assert platform.pids() == before
    assert platform.certificate == number


def test_up_prints_where_everything_is(platform):
    ended = platform.gacp("up", "local", "--no-smoke")
    assert ended.returncode == 0, ended.stderr
    assert platform.url in ended.stdout


def test_the_whole_smoke_test_passes(platform):
    ended = platform.gacp("smoke", "--json")
    shown = json.loads(ended.stdout)
    assert {x["name"]: x["note"] for x in shown["lines"] if x["result"] != "passed"} == {}
    assert ended.returncode == 0


def test_after_down_nothing_of_ours_runs_and_after_up_the_data_is_there(platform):
    assert platform.processes()
    platform.down()
    assert platform.processes() == []
    with pytest.raises(httpx.TransportError):
        verifies(platform)
    again = platform.gacp("down")
    assert again.returncode == 0
    assert "nothing was running" in again.stdout
    smoke = platform.gacp("smoke")
    assert smoke.returncode == 4
    assert "make up" in smoke.stderr
    number = platform.certificate
    result = platform.up()
    assert set(result["resourceChanges"]) <= {"same"}, result["resourceChanges"]
    assert platform.certificate == number
    assert verifies(platform)


def test_no_command_dirties_a_tracked_file(platform):
    before = git_status(platform)
    platform.up()
    platform.gacp("smoke", "--quick")
    assert git_status(platform) == before
