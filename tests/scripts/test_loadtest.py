"""`gacp loadtest` as a command: what it needs before any load is made."""

import json

import pytest

from scripts.__main__ import main


@pytest.fixture(autouse=True)
def _no_platform_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("GACP_LOCAL_DIR", str(tmp_path / "empty"))


@pytest.fixture
def users(tmp_path):
    path = tmp_path / "users.json"
    path.write_text(json.dumps([{"email": "a@x", "token": "t"}]))
    return path


def gacp(*words):
    return main(["loadtest", *map(str, words)])


def test_no_platform_on_this_machine_is_exit_code_4(capsys):
    assert gacp() == 4
    assert "run `make up`" in capsys.readouterr().err


def test_another_address_needs_a_certificate_that_exists(users, capsys):
    assert gacp("--url", "http://127.0.0.1:9", "--users", users) == 2
    assert "--certificate" in capsys.readouterr().err


def test_another_address_needs_users_with_tokens(capsys):
    assert gacp("--url", "http://127.0.0.1:9", "--certificate", "X") == 2
    assert "--users" in capsys.readouterr().err


def test_nobody_answering_is_exit_code_4(users, capfd):
    words = ("--url", "http://127.0.0.1:9", "--certificate", "X", "--users", users)
    assert gacp(*words) == 4
    assert "http://127.0.0.1:9 does not answer" in capfd.readouterr().err


def test_an_unknown_profile_is_wrong_use(users, capfd):
    words = ("--url", "http://127.0.0.1:9", "--certificate", "X", "--users", users)
    assert gacp(*words, "--profile", "storm") == 2
    assert "smoke" in capfd.readouterr().err


def test_given_users_are_kept(users, capfd):
    gacp("--url", "http://127.0.0.1:9", "--certificate", "X", "--users", users)
    capfd.readouterr()
    assert users.exists()
