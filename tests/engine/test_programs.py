"""Programs as others write them run whole on the local engine, from nothing to nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

PROGRAMS = Path(__file__).with_name("programs")
ROOT = Path(__file__).parents[2]
RUN_SECONDS = 180


@dataclass(frozen=True)
class Change:
    """What makes one update of a program: a setting, and what the update must say."""

    key: str
    value: str
    says: str


CHANGES = {
    "vpc-nested-cidrs": Change("natGateways", "each", "+ 4 created"),
    "s3-website": Change("errorPage", "index.html", "~ 1 updated"),
    "iam-roles": Change("sessionHours", "2", "~ 1 updated"),
    "documentdb": Change("backupDays", "9", "~ 1 updated"),
    "ec2-user-data": Change("greeting", "Sabaidee", "replaced"),
    "ecr-eks": Change("nodes", "3", "~ 1 updated"),
}


@dataclass(frozen=True)
class Stack:
    """A copy of a program with an engine home, a state and a provider's record of its own."""

    folder: Path

    @property
    def record(self) -> Path:
        return self.folder / "world.sqlite"

    def run(self, *words: str, code: int = 0, **more: str) -> str:
        """What the engine prints; fails where it ends with another exit code."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "GACP_LOCAL_AWS_STORE": str(self.record),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "of this test",
            **more,
        }
        done = subprocess.run(
            [sys.executable, "-m", "infra.local.engine", *words],
            cwd=self.folder / "program",
            env=environment,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said[-6000:]
        return said

    def exists(self) -> list[str]:
        """What the provider has on record, by its own tool."""
        words = ["-m", "infra.local.aws", "list", "--store", str(self.record)]
        listed = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return listed.stdout.splitlines()


def start(folder: Path, name: str) -> Stack:
    stack = Stack(folder)
    shutil.copytree(PROGRAMS / name, folder / "program")
    (folder / "state").mkdir()
    words = ["-m", "infra.local.aws", "install", str(folder / "home")]
    subprocess.run([sys.executable, *words], cwd=ROOT, timeout=60, check=True, capture_output=True)
    stack.run("stack", "init", "dev")
    stack.run("config", "set", "--secret", "password", "correct-horse-battery", "--stack", "dev")
    return stack


def test_every_program_has_a_change():
    assert sorted(CHANGES) == sorted(folder.name for folder in PROGRAMS.iterdir())


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_program_runs_whole(tmp_path: Path, name: str):
    stack, change = start(tmp_path, name), CHANGES[name]
    assert "to create" in stack.run("preview", "--stack", "dev")
    assert "errored" not in stack.run("up", "--yes", "--stack", "dev")
    made = stack.exists()
    assert made
    stack.run("preview", "--expect-no-changes", "--stack", "dev")
    stack.run("config", "set", change.key, change.value, "--stack", "dev")
    said = stack.run("up", "--yes", "--stack", "dev")
    assert change.says in said
    stack.run("refresh", "--yes", "--expect-no-changes", "--stack", "dev")
    assert json.loads(stack.run("stack", "output", "--json", "--stack", "dev"))
    stack.run("destroy", "--yes", "--stack", "dev")
    assert stack.exists() == []
