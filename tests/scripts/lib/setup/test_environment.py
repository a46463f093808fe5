import os
import subprocess

import pytest

from scripts.lib.setup import environment as env


@pytest.fixture
def checkout(tmp_path):
    """A checkout that was set up."""
    root = tmp_path / "checkout"
    (root / "requirements").mkdir(parents=True)
    for group in env.GROUPS:
        (root / "requirements" / f"{group}.txt").write_text(f"{group}==1\n")
    (root / "pyproject.toml").write_text("")
    (root / ".python-version").write_text("3.13\n")
    fake = root / ".local" / "venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\necho "$@"\n')
    fake.chmod(0o755)
    env.write_commands(root)
    env.stamp(root, fake)
    return root


def test_what_is_set_up_is_known_as_such(checkout):
    assert env.is_done(checkout)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "requirements" / "app.txt").write_text("app==2\n"),
        lambda root: (root / "pyproject.toml").write_text("[project]\n"),
        lambda root: (root / ".local" / "bin" / "gacp").unlink(),
        lambda root: (root / ".local" / "venv" / "bin" / "python").unlink(),
        lambda root: (root / ".local" / env.STAMP).write_text("{"),
    ],
    ids=["lock", "project", "command", "interpreter", "stamp"],
)
def test_any_change_of_what_it_depends_on_is_seen(checkout, change):
    change(checkout)
    assert not env.is_done(checkout)


def test_a_moved_checkout_is_set_up_anew_and_its_commands_say_so(checkout, tmp_path):
    moved = tmp_path / "elsewhere"
    checkout.rename(moved)
    assert not env.is_done(moved)
    assert env.moved_from(moved) == str(checkout)
    for name in ("gacp", "pulumi"):
        done = subprocess.run([moved / ".local/bin" / name], capture_output=True, text=True)
        assert done.returncode == 4
        assert "make setup" in done.stderr


def test_commands_work_through_a_link_and_from_any_folder(checkout, tmp_path):
    (tmp_path / "gacp").symlink_to(checkout / ".local/bin/gacp")
    done = subprocess.run([tmp_path / "gacp", "up"], cwd="/", capture_output=True, text=True)
    assert done.stdout == "-m scripts up\n"


def printed_environment(checkout, **given):
    python = checkout / ".local" / "venv" / "bin" / "python"
    python.write_text("#!/bin/sh\nenv\n")
    base = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [checkout / ".local/bin/pulumi"], env={**base, **given}, capture_output=True, text=True
    )
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def test_pulumi_defaults_its_home_its_state_and_its_passphrase(checkout):
    found = printed_environment(checkout)
    assert found["PULUMI_HOME"] == f"{checkout}/.local/pulumi"
    assert found["PULUMI_BACKEND_URL"] == f"file://{checkout}/.local/state"
    assert found["PULUMI_CONFIG_PASSPHRASE_FILE"] == f"{checkout}/.local/secrets/passphrase"


def test_variables_that_are_given_win(checkout):
    found = printed_environment(
        checkout, PULUMI_HOME="/h", PULUMI_BACKEND_URL="file:///s", PULUMI_CONFIG_PASSPHRASE="p"
    )
    assert found["PULUMI_HOME"] == "/h"
    assert found["PULUMI_BACKEND_URL"] == "file:///s"
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in found


def test_the_passphrase_is_private_random_and_kept(checkout):
    path = checkout / ".local" / "secrets" / "passphrase"
    before = path.read_text()
    env.write_commands(checkout)
    assert path.read_text() == before
    assert len(before) >= 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_uv_gets_pips_registry_unless_it_has_its_own():
    assert env.uv_environment({}, "https://pip.example")["UV_DEFAULT_INDEX"] == (
        "https://pip.example"
    )
    given = {"UV_DEFAULT_INDEX": "https://uv.example", "PIP_INDEX_URL": "https://pip.example"}
    assert env.uv_environment(given, None)["UV_DEFAULT_INDEX"] == "https://uv.example"
    assert "UV_DEFAULT_INDEX" not in env.uv_environment({}, None)


def test_an_active_venv_of_somebody_else_is_not_filled():
    assert "VIRTUAL_ENV" not in env.uv_environment({"VIRTUAL_ENV": "/other"}, None)
