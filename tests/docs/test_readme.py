"""The README's commands do what it says: each block runs, or is checked and listed as not run."""

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)

# A block is `sh` (run here), `sh aws` (needs an account: checked, not run), `text` (output).
INFOS = {"sh", "sh aws", "text"}
# Shown by the run that this very test is part of; running it again in here would not end.
RUN_BY_CI = "make test"
TOOLS = {"gacp": ".local/bin/gacp", "pulumi": ".local/bin/pulumi"}
WITHOUT_HELP = {"git", "cd", "export"}  # no sub-command of ours to look up
DEADLINE_SECONDS = 600


@dataclass(frozen=True)
class Block:
    info: str
    body: str

    def commands(self) -> list[str]:
        return [line for line in self.body.splitlines() if line and not line.startswith("#")]


def blocks(text: str) -> list[Block]:
    return [Block(found["info"].strip(), found["body"]) for found in FENCE.finditer(text)]


def unknown_words(command: str, help_of) -> list[str]:
    """Sub-commands and flags of `command` that its tool's `--help` does not name."""
    words = shlex.split(command, comments=True)
    tool = Path(words[0]).name
    if tool in WITHOUT_HELP:
        return []
    if tool not in TOOLS:
        return [tool]
    plain = [word for word in words[1:] if not word.startswith("-")]
    flags = [word.partition("=")[0] for word in words[1:] if word.startswith("-")]
    text = help_of(tool, plain[:1])
    if text is None:
        return plain[:1]
    return [flag for flag in flags if not re.search(rf"(?<![\w-]){re.escape(flag)}\b", text)]


def help_text(tool: str, subcommand: list[str]) -> str | None:
    ran = subprocess.run(
        [str(ROOT / TOOLS[tool]), *subcommand, "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.stdout if ran.returncode == 0 else None


def test_every_block_says_what_it_is():
    assert blocks(README)
    assert {block.info for block in blocks(README)} <= INFOS


@pytest.mark.engine
def test_commands_that_need_an_account_are_known_to_their_tools(record_property):
    needs_account = [
        c for block in blocks(README) if block.info == "sh aws" for c in block.commands()
    ]
    assert needs_account
    record_property("not run (needs an AWS account)", needs_account)
    print("not run, needs an AWS account:", *needs_account, sep="\n  ")
    wrong = {command: unknown_words(command, help_text) for command in needs_account}
    assert not {command: words for command, words in wrong.items() if words}


@pytest.fixture
def own_platform(tmp_path):
    """Run-time folders of a platform of this test's own, stopped afterwards whatever happened."""
    environment = {**os.environ, "GACP_LOCAL_DIR": str(tmp_path / "local")}
    yield environment
    run("make down", environment)


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


@pytest.mark.e2e
@pytest.mark.timeout(2 * DEADLINE_SECONDS)
def test_the_other_commands_run(own_platform):
    """In the README's order."""
    commands = [c for block in blocks(README) if block.info == "sh" for c in block.commands()]
    assert "make up" in commands
    assert "make down" in commands
    for command in commands:
        if command == RUN_BY_CI or command.startswith(("git clone", "cd ")):
            continue
        ran = run(command, own_platform)
        assert ran.returncode == 0, f"{command}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"


def test_the_test_command_is_what_ci_runs():
    assert any(RUN_BY_CI in block.commands() for block in blocks(README) if block.info == "sh")
    assert f"exec {RUN_BY_CI}\n" in (ROOT / ".ci/run").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("pulumi up --no-such-flag", ["--no-such-flag"]),
        ("gacp fly prod", ["fly"]),
        ("terraform apply", ["terraform"]),
        ("pulumi up --yes", []),
    ],
)
def test_a_word_that_the_tool_does_not_know_is_named(command, wrong):
    def known(tool, subcommand):
        return "usage: --yes --stack" if subcommand == ["up"] else None

    assert unknown_words(command, known) == wrong
