"""`gacp smoke` as a command: table, JSON, exit codes, and what it says when it cannot run."""

import json

import pytest

from scripts.__main__ import main
from scripts.lib.smoke.lines import LINES, QUICK_LINES
from tests.scripts.lib.smoke.stub import FARMER, HEADERS, SEEDED, StubPlatform, token_of

STAFF = ("inspector", "approver", "administrator")


@pytest.fixture
def platform():
    with StubPlatform() as running:
        yield running


@pytest.fixture
def accounts(tmp_path):
    path = tmp_path / "accounts.json"
    staff = {role: {"email": f"{role}@x", "token": token_of(role)} for role in STAFF}
    farmer = {"email": FARMER[0], "password": FARMER[1]}
    path.write_text(json.dumps({"farmer": farmer, **staff}))
    return path


@pytest.fixture(autouse=True)
def _no_platform_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("GACP_LOCAL_DIR", str(tmp_path / "empty"))


def gacp(*words):
    return main(["smoke", *map(str, words)])


def test_all_lines_passed_is_exit_code_0_and_a_row_each(platform, accounts, capsys):
    assert gacp("--url", platform.url, "--accounts", accounts, "--certificate", SEEDED) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(LINES) + 1
    assert rows[-1].startswith(f"{platform.url}: {len(LINES) - 2} passed, 2 not run, in ")
    assert len({row.index(" ms ") for row in rows[:-1]}) == 1  # aligned


def test_one_failed_line_is_exit_code_1(platform, accounts, capsys, monkeypatch):
    monkeypatch.delitem(HEADERS, "X-Frame-Options")
    assert gacp("--url", platform.url, "--accounts", accounts) == 1
    assert "FAILED       headers" in capsys.readouterr().out


def test_json_holds_every_line(platform, accounts, capsys):
    words = ("--url", platform.url, "--accounts", accounts, "--certificate", SEEDED)
    assert gacp(*words, "--json", "--quick") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["passed"] is True
    assert [line["name"] for line in shown["lines"]] == [line.name for line in QUICK_LINES]
    assert {"name", "what", "result", "milliseconds", "note"} == set(shown["lines"][0])


def test_nobody_answering_is_exit_code_4_and_says_what_to_do(accounts, capsys):
    with StubPlatform() as gone:
        url = gone.url
    assert gacp("--url", url, "--accounts", accounts) == 4
    said = capsys.readouterr().err
    assert url in said
    assert "make up" in said


def test_no_platform_on_this_machine_is_exit_code_4(capsys):
    assert gacp() == 4
    assert "run `make up`" in capsys.readouterr().err


def test_another_address_without_accounts_is_wrong_use(platform, capsys):
    assert gacp("--url", platform.url) == 2
    assert "--accounts" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"farmer": {}}', '{"farmer": {"password": "x"}}']
)
def test_an_unusable_accounts_file_is_wrong_use_and_named(platform, tmp_path, capsys, content):
    path = tmp_path / "broken.json"
    path.write_text(content)
    assert gacp("--url", platform.url, "--accounts", path) == 2
    assert str(path) in capsys.readouterr().err


def test_no_secret_is_printed(platform, accounts, capsys):
    gacp("--url", platform.url, "--accounts", accounts)
    gacp("--url", platform.url, "--accounts", accounts, "--json")
    shown = capsys.readouterr()
    assert FARMER[1] not in shown.out + shown.err
    assert not any(token_of(role) in shown.out + shown.err for role in STAFF)
