"""`pulumi` as a process, with a fake one that says what it was given."""

import json
import sys
import threading

import pytest

from scripts.lib.engine import Engine, EngineFailedError, NoCliError, find_cli, succeeded


@pytest.fixture
def fake(tmp_path):
    """An engine whose `pulumi` runs the given Python source; `log` is the event log's path."""

    def make(source, **environment):
        command = tmp_path / "pulumi"
        head = "import json, os, signal, sys, time\nargs = sys.argv[1:]\n"
        head += "log = args[args.index('--event-log') + 1] if '--event-log' in args else ''\n"
        command.write_text(f"#!{sys.executable} -IS\n{head}{source}\n")
        command.chmod(0o755)
        return Engine(command, tmp_path, environment)

    return make


def test_words_folder_and_environment_reach_the_engine(fake, tmp_path):
    engine = fake("print(json.dumps([args, os.getcwd(), os.environ['X']]))", X="1")
    assert json.loads(engine.run(["up", "--yes"], 20).output) == [
        ["up", "--yes"],
        str(tmp_path),
        "1",
    ]


def test_events_are_read_from_the_log_while_it_grows(fake, tmp_path):
    engine = fake(
        "file = open(log, 'w', buffering=1)\n"
        "file.write(json.dumps({'sequence': 0, 'preludeEvent': {}}) + '\\n')\n"
        "while not os.path.exists('seen'): time.sleep(0.01)\n"
        "file.write(json.dumps({'sequence': 1, 'summaryEvent': "
        "{'resourceChanges': {'create': 2, 'same': 5}}}) + '\\n')"
    )
    seen = []

    def watch(event):
        seen.append(event["sequence"])
        (tmp_path / "seen").touch()

    result = engine.run(["up"], 20, events=True, watch=watch)
    assert seen == [0, 1]
    assert result.changes == {"create": 2, "same": 5}
    assert result.changed == 2


def test_an_exit_code_is_an_answer_and_must_raises_it(fake):
    engine = fake("sys.stderr.write('error: no such stack'); sys.exit(255)")
    assert engine.run(["stack"], 20).code == 255
    with pytest.raises(EngineFailedError, match="255") as refusal:
        engine.must(["stack"])
    assert "no such stack" in str(refusal.value)


def test_the_programs_own_errors_are_the_reason_given(fake):
    event = {"diagnosticEvent": {"severity": "error", "message": "gacp:network.cidr is public"}}
    engine = fake(f"open(log, 'w').write({json.dumps(event)!r} + '\\n'); sys.exit(1)")
    with pytest.raises(EngineFailedError, match=r"gacp:network.cidr is public"):
        succeeded(engine.run(["preview"], 20, events=True), ["preview"])


def test_after_the_deadline_the_engine_is_interrupted_and_may_write_its_state(fake, tmp_path):
    engine = fake(
        "def leave(*_):\n    open('state', 'w').write('whole'); sys.exit(1)\n"
        "signal.signal(signal.SIGINT, leave)\n"
        "while True: time.sleep(0.05)"
    )
    before = threading.active_count()
    with pytest.raises(EngineFailedError, match="did not end within 2 s"):
        engine.run(["up"], 2)
    assert (tmp_path / "state").read_text() == "whole"
    assert threading.active_count() <= before


def put_pulumi(folder, version):
    folder.mkdir()
    (folder / "pulumi").write_text(f"#!/bin/sh\necho {version}\n")
    (folder / "pulumi").chmod(0o755)
    return folder / "pulumi"


def test_the_local_engine_is_never_taken_for_the_cli(tmp_path):
    put_pulumi(tmp_path / "ours", "v3.259.0+gacp")
    cli = put_pulumi(tmp_path / "cli", "v3.259.0")
    assert find_cli(f"{tmp_path / 'ours'}:{tmp_path / 'cli'}") == cli
    with pytest.raises(NoCliError, match="--offline"):
        find_cli(str(tmp_path / "ours"))
