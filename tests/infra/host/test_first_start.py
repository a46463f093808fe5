"""The first start of a machine: the script, and a run of it with stand-ins for its commands."""

from __future__ import annotations

import ast
import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

from infra.host import first_start
from infra.host.first_start import (
    LARGEST_USER_DATA,
    PROGRAMS,
    FirstStart,
    UserDataTooLargeError,
    bare,
    first_start_script,
    user_data,
)
from tests.support.shell import shell_faults

START = FirstStart(
    region="ap-southeast-1",
    parameter="/gacp/prod/host/release",
    bucket="gacp-prod-releases-123456789012",
    group="gacp-prod-host",
    hook="gacp-prod-host-first-start",
    volume="vol-0123456789abcdef0",
    address="eipalloc-0123456789abcdef0",
)
SOURCES = Path(first_start.__file__).parent


def test_it_is_sound_shell():
    script = first_start_script(START)
    assert script.startswith("#!/bin/bash\n")
    assert shell_faults(script) == ""
    assert base64.b64decode(user_data(START)).decode() == script


def test_equal_first_starts_are_equal_texts_below_the_limit():
    assert user_data(START) == user_data(START)
    assert len(base64.b64decode(user_data(START))) < LARGEST_USER_DATA


def test_only_docstrings_are_left_out():
    source = '''#!/usr/bin/python3
"""What it is for."""

class Lost(Exception):
    """Not found."""


def find(name: str) -> str:
    """Where it is.

    Raises `Lost`.
    """
    text = """kept"""  # as is
    return text + name
'''
    left = [line for line in bare(source).splitlines() if line]
    assert left == [
        "#!/usr/bin/python3",
        *("class Lost(Exception):", '    """Not found."""', "def find(name: str) -> str:"),
        *('    text = """kept"""  # as is', "    return text + name"),
    ]


@pytest.mark.parametrize("file", PROGRAMS.values())
def test_a_program_without_its_docstrings_is_the_same_program(file):
    def without(source: str) -> str:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and len(body) > 1 and is_text(body[0]):
                body.pop(0)
        return ast.dump(tree)

    source = (SOURCES / file).read_text("utf-8")
    assert ast.dump(ast.parse(bare(source))) == without(source)


def is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def test_what_ec2_would_not_take_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(first_start, "LARGEST_USER_DATA", 1000)
    with pytest.raises(UserDataTooLargeError, match=r"has \d{5} bytes and EC2 takes 1000"):
        user_data(START)


@pytest.mark.parametrize("file", PROGRAMS.values())
def test_no_line_of_a_program_ends_the_document_that_carries_it(file):
    lines = (SOURCES / file).read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/python3"
    assert "PROGRAM" not in lines


class Machine:
    """A folder that the script takes for the machine's root, and stand-ins for what it runs."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.log = folder / "root", folder / "bin", folder / "log"
        self.bin.mkdir()
        self.log.touch()
        for name in ("apt-get", "gacp-claim", "gacp-take-release", "sleep"):
            self.stand_in(name)

    def stand_in(self, name: str, does: str = "") -> None:
        file = self.bin / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.log}\n{does}\n')
        file.chmod(0o755)

    def start(self) -> int:
        script = first_start_script(START)
        for folder in ("/etc/", "/opt/", "/usr/local/"):
            script = script.replace(f" {folder}", f" {self.root}{folder}")
        for folder in ("etc/gacp", "usr/local/sbin"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["bash"],
            input=script,
            env={**os.environ, "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode

    @property
    def done(self) -> list[str]:
        lines = [line.split() for line in self.log.read_text().splitlines()]
        return [
            words[0] if words[0] != "gacp-claim" else " ".join(words)
            for words in lines
            if words[0] != "sleep"
        ]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_the_machine_claims_takes_the_release_and_only_then_counts(machine):
    assert machine.start() == 0
    assert machine.done == [
        *("apt-get", "apt-get"),
        *("gacp-claim", "gacp-take-release", "gacp-claim ready"),
    ]


def test_the_programs_arrive_as_they_are_with_their_settings(machine):
    assert machine.start() == 0
    for name, file in PROGRAMS.items():
        there = machine.root / "usr/local/sbin" / name
        assert there.read_text("utf-8") == bare((SOURCES / file).read_text("utf-8"))
        assert os.access(there, os.X_OK)
    settings = json.loads((machine.root / "etc/gacp/host.json").read_text())
    assert settings["parameter"] == START.parameter
    assert settings["volume"] == START.volume
    unit = machine.root / "etc/systemd/system/docker.service.d/data.conf"
    assert "RequiresMountsFor=/var/lib/gacp" in unit.read_text()


@pytest.mark.parametrize(
    ("broken", "last"),
    [("gacp-take-release", "gacp-take-release"), ("gacp-claim", "gacp-claim")],
)
def test_a_machine_that_does_not_come_up_does_not_count(machine, broken, last):
    machine.stand_in(broken, "exit 1")
    assert machine.start() == 1
    assert machine.done[-1] == last
    assert "gacp-claim ready" not in machine.done


def test_packages_that_can_not_be_had_at_once_are_asked_for_again_but_not_for_ever(machine):
    machine.stand_in("apt-get", f"test $(grep -c apt-get {machine.log}) -ge 4")
    assert machine.start() == 0
    assert machine.done.count("apt-get") == 5
    machine.stand_in("apt-get", "exit 100")
    machine.log.write_text("")
    assert machine.start() == 1
    assert machine.done == ["apt-get"] * 5
