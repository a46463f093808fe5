"""A stack of the Pulumi CLI is taken over by the local engine, and the reverse: the same file
backend, one after the other. On recorded files; live where a CLI is on PATH."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.engine.command import main
from infra.local.engine.secrets import Secrets, new_salt
from scripts.lib.engine import NoCliError, find_cli
from tests.engine.replaying import SCENARIOS, names, steps_of
from tests.support.probe import YES, Project, install_probe
from tests.support.recorded import (
    PHRASE,
    Recorded,
    deployment,
    put_files,
    put_state,
    stack_file,
    states,
    world,
)
from tests.support.state_schema import problems

pytestmark = pytest.mark.engine

# Flags of recorded previews that change what is shown, not what is planned.
SHOWING = {
    "--diff", "--expect-no-changes", "--json", "--show-replacement-steps", "--show-sames",
    "--suppress-outputs", "--urns",
}  # fmt: skip


@pytest.fixture(scope="module")
def secrets() -> Secrets:
    return Secrets(new_salt(PHRASE), PHRASE)


@pytest.fixture
def taken(tmp_path: Path) -> Project:
    """A project whose state folder is still empty."""
    project = Project(tmp_path, {"PULUMI_CONFIG_PASSPHRASE": PHRASE})
    install_probe(project)
    return project


def write_stack_file(project: Project, scenario: str, before: int, secrets: Secrets) -> None:
    text = yaml.safe_dump(stack_file(scenario, before, secrets))
    (project.folder / "work/Pulumi.dev.yaml").write_text(text)


@pytest.mark.parametrize("scenario", [name for name in names() if list(states(name))])
def test_every_recorded_state_is_exported_as_the_cli_left_it(
    scenario: str,
    taken: Project,
    secrets: Secrets,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(taken.folder / "work")
    for name, value in taken.environment.items():
        monkeypatch.setenv(name, value)
    write_stack_file(taken, scenario, 1, secrets)
    for one in states(scenario):
        made = deployment(one.state, secrets, one.shown)
        put_state(taken.folder / "backend", made)
        assert main(["stack", "export", "--stack", "dev"]) == 0, capsys.readouterr().err
        exported = json.loads(capsys.readouterr().out)
        assert exported == {"version": 3, "deployment": made}, f"step {one.number}"
        assert problems(exported) == []
        assert main(["stack", "export", "--show-secrets", "--stack", "dev"]) == 0
        assert '"ciphertext"' not in capsys.readouterr().out


@dataclass(frozen=True)
class Unchanged:
    """The next step of this recording, with this program, changes nothing."""

    recorded: Recorded
    program: str
    step: int


def _changes_nothing(scenario: str, number: int, step: dict[str, Any]) -> bool:
    if step["cmd"] not in ("preview", "up") or not set(step.get("args", ())) <= SHOWING:
        return False
    folder = SCENARIOS / scenario / f"expected/{number:02d}-{step.get('name', step['cmd'])}"
    if json.loads((folder / "result.json").read_text())["exit"] != 0:
        return False
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    counts = [e["summaryEvent"]["resourceChanges"] for e in events if "summaryEvent" in e]
    return bool(counts) and all(set(count) <= {"same"} for count in counts)


def unchanged() -> list[Unchanged]:
    found: dict[tuple[str, int, str], Unchanged] = {}
    for scenario in names():
        kept = {one.number: one for one in states(scenario)}
        program, latest = "", None
        for number, step in enumerate(steps_of(scenario), 1):
            program = {**step.get("first", {}), **step}.get("program", program)
            plain = not step.get("world") and not step.get("faults")
            if latest and plain and _changes_nothing(scenario, number, step):
                found[scenario, latest.number, program] = Unchanged(latest, program, number)
            latest = kept.get(number, latest)
    return list(found.values())


def label(one: Unchanged) -> str:
    return f"{one.recorded.scenario}-{one.recorded.number}-{one.program}"


@pytest.mark.parametrize("case", unchanged(), ids=label)
def test_a_stack_of_the_cli_needs_no_change_where_the_cli_saw_none(
    case: Unchanged, taken: Project, secrets: Secrets
) -> None:
    scenario = case.recorded.scenario
    made = deployment(case.recorded.state, secrets, case.recorded.shown)
    put_state(taken.folder / "backend", made)
    taken.world.write_text(json.dumps(world(made)))
    write_stack_file(taken, scenario, case.step, secrets)
    taken.program((SCENARIOS / scenario / case.program).read_text(), head="")
    taken.run("preview", "--expect-no-changes", "--non-interactive")


def test_enough_recorded_stacks_are_taken_over() -> None:
    assert sum(len(list(states(name))) for name in names()) == 183
    assert len(unchanged()) == 31


# ---- the whole folder


def backend_files(step: str) -> dict[str, Any]:
    path = SCENARIOS / "backend-files/expected" / step / "files.json"
    return json.loads(path.read_text())


@pytest.fixture
def taken_folder(taken: Project, secrets: Secrets) -> Project:
    """The CLI's folder after an `up` with a message and one that failed."""
    put_files(taken.folder / "backend", backend_files("03-up-fails"), secrets, '"s"')
    write_stack_file(taken, "backend-files", 3, secrets)
    taken.program((SCENARIOS / "backend-files/program1.py").read_text(), head="")
    taken.world.write_text(json.dumps(world(taken.exported())))
    return taken


def test_the_history_of_the_cli_goes_on(taken_folder: Project) -> None:
    told = json.loads(taken_folder.run("stack", "history", "--json").out)
    assert [(u["result"], u["message"]) for u in told] == [
        ("failed", ""), ("succeeded", "first one"),
    ]  # fmt: skip
    taken_folder.run("preview", "--expect-no-changes")
    taken_folder.program((SCENARIOS / "backend-files/program2.py").read_text(), head="")
    taken_folder.run("up", *YES, "--message", "ours")
    told = json.loads(taken_folder.run("stack", "history", "--json").out)
    assert [u["message"] for u in told] == ["ours", "", "first one"]
    assert told[0]["resourceChanges"] == {"same": 1, "update": 1}
    taken_folder.run("destroy", *YES)
    assert taken_folder.there() == []


def test_a_lock_and_a_pending_operation_of_a_killed_cli_are_understood(
    taken: Project, secrets: Secrets
) -> None:
    put_files(taken.folder / "backend", backend_files("06-kill"), secrets, '"s"')
    write_stack_file(taken, "backend-files", 6, secrets)
    taken.program((SCENARIOS / "backend-files/program2.py").read_text(), head="")
    assert taken.pending() == [("deleting", "a")]
    refused = taken.run("up", *YES, code=1)
    assert "somebody@build-7" in refused.err
    taken.run("cancel", "--yes")
    taken.run("preview", "--expect-no-changes")


# ---- live


@pytest.fixture
def cli(taken: Project) -> Any:
    """Runs the Pulumi CLI on the project."""
    try:
        command = find_cli()
    except NoCliError:
        pytest.skip("no Pulumi CLI on PATH: both engines on one folder can't be run")
    # The Python beside us has the SDK that the program wants.
    folders = [str(Path(sys.executable).parent), str(command.parent), os.environ["PATH"]]
    environment = {
        **taken.environment,
        "PATH": os.pathsep.join(folders),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    # Of the local engine alone.
    del environment["PYTHONPATH"]

    def run(*words: str) -> None:
        done = subprocess.run(
            [command, *words, "--non-interactive"],
            cwd=taken.folder / "work",
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, f"pulumi {words}: {done.stdout}{done.stderr}"

    return run


SECRETIVE = 'a = Thing("a", value={value!r}, secretValue=pulumi.Output.secret("s"))\n'


def test_both_engines_work_on_one_folder_by_turns(cli: Any, taken: Project) -> None:
    taken.program(SECRETIVE.format(value="1"))
    cli("stack", "init", "dev")
    cli("up", *YES)
    taken.run("preview", "--expect-no-changes")
    taken.program(SECRETIVE.format(value="2"))
    taken.run("up", *YES)
    assert problems(json.loads(taken.run("stack", "export").out)) == []
    cli("preview", "--expect-no-changes", "--stack", "dev")
    cli("refresh", "--yes", "--expect-no-changes", "--stack", "dev")
    taken.run("preview", "--expect-no-changes")
    cli("destroy", *YES, "--stack", "dev")
    assert taken.there() == []


def test_a_stack_that_the_local_engine_made_is_taken_over_by_the_cli(
    cli: Any, taken: Project
) -> None:
    taken.program(SECRETIVE.format(value="1"))
    taken.run("stack", "init", "dev")
    taken.run("up", *YES)
    cli("preview", "--expect-no-changes", "--stack", "dev")
    taken.program(SECRETIVE.format(value="2"))
    cli("up", *YES, "--stack", "dev")
    taken.run("preview", "--expect-no-changes")
    taken.run("destroy", *YES)
    assert taken.there() == []
