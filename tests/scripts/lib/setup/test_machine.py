"""Every way in which set-up can fail says what to do."""

import errno
import shutil
import sys

import pytest

from scripts.lib.setup.machine import SetupError, Steps, check_folder, explain, run


def fails_with(text, tmp_path):
    script = f"import sys; sys.stderr.write({text!r}); sys.exit(1)"
    with pytest.raises(SetupError) as refusal:
        run([sys.executable, "-c", script], "installing the locked packages", tmp_path)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("error: No space left on device (os error 28)", "disk is full"),
        ("failed to create file: Permission denied (os error 13)", "no permission to write"),
        ("error sending request for url; dns error: failed to lookup address", "HTTPS_PROXY"),
        ("client error (Connect): Connection refused (os error 111)", "UV_DEFAULT_INDEX"),
        ("Hash mismatch for `redis==7.0`", "isn't the one that was locked"),
        ("something that nobody thought of", "something that nobody thought of"),
    ],
)
def test_a_failure_says_its_cause_and_the_way_out(tmp_path, text, says):
    said = fails_with(text, tmp_path)
    assert says in said
    assert "installing the locked packages" in said


def test_a_missing_program_is_named(tmp_path):
    with pytest.raises(SetupError, match="no-such-program is not there"):
        run(["no-such-program"], "looking", tmp_path)


def test_a_command_that_hangs_is_stopped(tmp_path):
    with pytest.raises(SetupError, match="was stopped"):
        run([sys.executable, "-c", "import signal; signal.pause()"], "x", tmp_path, seconds=0.2)


def test_too_little_room_is_said_before_anything_starts(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10**9))
    with pytest.raises(SetupError, match=r"0\.9 GB are free .* needs 3\.0 GB"):
        check_folder(tmp_path / ".local")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="file"):
        check_folder(tmp_path / "file" / ".local")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EACCES, "chown"),
        (errno.EROFS, "no permission"),
        (errno.EIO, "Input/output"),
    ],
)
def test_errors_of_the_system_become_sentences(tmp_path, number, says):
    import os

    assert says in str(explain(OSError(number, os.strerror(number), "f"), tmp_path))


def test_progress_says_what_how_long_and_how_much_is_left():
    said = []
    steps = Steps(2, said.append)
    with steps.step("uv", "5 s"):
        pass
    assert said[0] == "setup [1/2] uv (usually 5 s)"
    assert said[1].startswith("setup [1/2] uv: done in 0.0 s")


def test_a_long_step_tells_that_it_still_runs():
    import threading

    said, heard = [], threading.Event()

    def report(line):
        said.append(line)
        if "so far" in line:
            heard.set()

    with Steps(3, report, every_seconds=0.01).step("packages", "2 min"):
        assert heard.wait(10)
    assert any("of usually 2 min; 2 more steps after this" in line for line in said)
