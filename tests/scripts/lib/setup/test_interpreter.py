"""Which uv and which Python are taken, with PATHs made for the test."""

import os

import pytest

from scripts.lib.setup import interpreter
from scripts.lib.setup.machine import SetupError

PYTHON = '#!/bin/sh\necho "{executable} {version}"\n'
SHIM = '#!/bin/sh\necho "pyenv: python3.13: command not found" >&2\nexit 127\n'


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on PATH and no pyenv."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    return tmp_path


def python(machine, version, folder="bin", name=None):
    path = machine / folder / (name or f"python{version}")
    return put(path, PYTHON.format(executable=path, version=version))


def test_an_interpreter_on_path_needs_no_download(machine):
    here = python(machine, "3.13")
    uv = put(machine / "uv", "#!/bin/sh\nexit 9\n")
    assert interpreter.find_python(uv, os.environ, machine) == here


def test_an_inactive_shim_is_not_an_interpreter(machine, monkeypatch):
    put(machine / "bin" / "python3.13", SHIM)
    monkeypatch.setenv("PYENV_ROOT", str(machine / "pyenv"))
    real = python(machine, "3.13", "pyenv/versions/3.13.2/bin")
    assert interpreter.installed_python("3.13") == real


def test_the_newest_of_pyenvs_is_taken(machine, monkeypatch):
    monkeypatch.setenv("PYENV_ROOT", str(machine / "pyenv"))
    python(machine, "3.13", "pyenv/versions/3.13.9/bin")
    newest = python(machine, "3.13", "pyenv/versions/3.13.10/bin")
    assert interpreter.installed_python("3.13") == newest


def test_python3_counts_where_it_has_the_version(machine):
    here = python(machine, "3.13", name="python3")
    assert interpreter.installed_python("3.13") == here
    assert interpreter.installed_python("3.12") is None


def test_where_none_is_here_uv_downloads_one(machine):
    uv = put(
        machine / "uv",
        f"#!/bin/sh\ncase $2 in install) exit 0;; find) echo {machine}/got/python;; esac\n",
    )
    assert interpreter.find_python(uv, os.environ, machine) == machine / "got" / "python"


def test_an_older_one_that_works_is_taken_where_uv_can_download_nothing(machine):
    here = python(machine, "3.12")
    uv = put(machine / "uv", "#!/bin/sh\necho 'dns error' >&2\nexit 2\n")
    assert interpreter.find_python(uv, os.environ, machine) == here


def test_no_python_at_all_says_how_to_get_one(machine):
    uv = put(machine / "uv", "#!/bin/sh\necho 'dns error' >&2\nexit 2\n")
    with pytest.raises(SetupError, match=r"pyenv install 3\.13"):
        interpreter.find_python(uv, os.environ, machine)


def test_a_full_disk_is_not_taken_for_a_missing_network(machine):
    uv = put(machine / "uv", "#!/bin/sh\necho 'No space left on device' >&2\nexit 2\n")
    with pytest.raises(SetupError, match="disk is full"):
        interpreter.find_python(uv, os.environ, machine)


def test_uv_that_does_not_run_is_passed_over(machine):
    put(machine / "bin" / "uv", "#!/bin/sh\nexit 127\n")
    ours = put(machine / "local" / "bootstrap" / "bin" / "uv", "#!/bin/sh\necho uv 0.13\n")
    assert interpreter.find_uv(machine / "local") == ours


def test_a_python_without_venv_names_the_package_that_brings_it(machine, monkeypatch):
    debian = put(
        machine / "debian-python",
        "#!/bin/sh\necho 'The virtual environment was not created successfully because ensurepip"
        " is not available.'\nexit 1\n",
    )
    monkeypatch.setattr("sys.executable", str(debian))
    with pytest.raises(SetupError, match=r"apt-get install python3\.\d+-venv"):
        interpreter.install_uv(machine)
