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
RECORD_UNKNOWN = "GACP_AWS_RECORD_UNKNOWN"


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
    "edge-and-backups": Change("keepDays", "14", "~ 1 updated"),
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
            "GACP_AWS_DATE": "2026-11-25",  # its versions of EKS are offered on that day
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


def start(folder: Path, program: Path) -> Stack:
    """A new stack `dev` of a copy of the program."""
    stack = Stack(folder)
    shutil.copytree(program, folder / "program")
    (folder / "state").mkdir()
    words = ["-m", "infra.local.aws", "install", str(folder / "home")]
    subprocess.run([sys.executable, *words], cwd=ROOT, timeout=60, check=True, capture_output=True)
    stack.run("stack", "init", "dev")
    stack.run("config", "set", "--secret", "password", "correct-horse-battery", "--stack", "dev")
    return stack


STREAM = """
import pulumi
import pulumi_aws as aws

stream = aws.kinesis.Stream("jobs", shard_count=1)
aws.ec2.Vpc("known", cidr_block="10.0.0.0/16")
pulumi.export("arn", stream.arn)
"""


def write(folder: Path, source: str) -> Path:
    """A program's folder in `folder`, with the settings of stack `dev`."""
    program = folder / "written"
    program.mkdir(parents=True)
    (program / "Pulumi.yaml").write_text("name: written\nruntime: python\n", encoding="utf-8")
    settings = "config:\n  aws:region: ap-southeast-1\n"
    (program / "Pulumi.dev.yaml").write_text(settings, encoding="utf-8")
    (program / "__main__.py").write_text(source, encoding="utf-8")
    return program


def test_a_type_that_is_not_modelled_stops_the_program_and_names_the_switch(tmp_path: Path):
    stack = start(tmp_path, write(tmp_path, STREAM))
    said = stack.run("preview", "--stack", "dev", code=1)
    assert "aws:kinesis/stream:Stream is not modelled" in said
    assert f"{RECORD_UNKNOWN}=true" in said


def test_with_the_switch_it_is_recorded_and_said_so_at_the_end(tmp_path: Path):
    stack = start(tmp_path, write(tmp_path, STREAM))
    lenient = {RECORD_UNKNOWN: "true"}
    said = stack.run("up", "--yes", "--stack", "dev", **lenient)
    assert "aws:kinesis/stream:Stream is not modelled and is recorded WITHOUT CHECKS" in said
    end = said.partition("Diagnostics:")[2]
    assert "1 in all:" in end
    assert "aws:kinesis/stream:Stream jobs" in end
    assert "stream/jobs-" in stack.run("stack", "output", "arn", "--stack", "dev")
    stack.run("preview", "--expect-no-changes", "--stack", "dev", **lenient)
    assert "WITHOUT CHECKS" in stack.run("destroy", "--yes", "--stack", "dev")
    assert stack.exists() == []


def test_a_data_source_that_is_not_modelled_is_named(tmp_path: Path):
    source = "import pulumi_aws as aws\n\naws.sqs.get_queue(name='jobs')\n"
    stack = start(tmp_path, write(tmp_path, source))
    said = stack.run("preview", "--stack", "dev", code=1, **{RECORD_UNKNOWN: "true"})
    assert "aws:sqs/getQueue:getQueue is not modelled" in said
    assert "aws:ec2/getAmi:getAmi" in said


def test_every_program_has_a_change():
    assert sorted(CHANGES) == sorted(folder.name for folder in PROGRAMS.iterdir())


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_program_runs_whole(tmp_path: Path, name: str):
    stack, change = start(tmp_path, PROGRAMS / name), CHANGES[name]
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
