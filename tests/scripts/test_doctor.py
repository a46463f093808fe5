import json
import socket
from contextlib import closing

import pytest

from infra.local.services.layout import Layout
from infra.local.services.ports import LOOPBACK, free_port
from scripts.__main__ import main
from scripts.lib.doctor import checks
from scripts.lib.doctor.checks import Verdict


@pytest.fixture
def layout(tmp_path, monkeypatch):
    monkeypatch.setenv("GACP_LOCAL_DIR", str(tmp_path))
    layout = Layout.from_environment()
    layout.create()
    return layout


def verdicts(findings):
    return {finding.check: finding.verdict for finding in findings}


def test_a_platform_that_is_not_up_is_not_wrong(layout):
    found = checks.diagnose(layout, [checks.programs, checks.state, checks.endpoints, checks.lock])
    assert Verdict.WRONG not in verdicts(found).values()


def test_a_taken_port_is_named_with_who_holds_it(layout):
    with closing(socket.socket()) as other:
        other.bind((LOOPBACK, free_port()))
        other.listen()
        port = other.getsockname()[1]
        layout.ports_file.write_text(json.dumps({"edge": port}))
        (finding,) = checks.ports(layout)
    assert finding.verdict is Verdict.WRONG
    assert str(port) in finding.check
    assert "--new-ports" in finding.remedy


def test_a_nearly_full_disk_is_said_before_it_is_full(layout, monkeypatch):
    usage = checks.shutil.disk_usage(layout.local)
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: usage._replace(free=10**9))
    (finding,) = checks.disk(layout)
    assert finding.verdict is Verdict.WRONG
    assert "0.9 GB free" in finding.detail


def stack_file(layout):
    file = layout.state / ".pulumi" / "stacks" / "gacp" / "local.json"
    file.parent.mkdir(parents=True)
    return file


def test_a_damaged_state_is_wrong_and_its_backups_are_named(layout):
    stack_file(layout).write_text("{")
    (finding,) = checks.state(layout)
    assert finding.verdict is Verdict.WRONG
    assert "backups" in finding.remedy


def test_an_interrupted_update_is_wrong(layout):
    latest = {"resources": [], "pending_operations": [{"type": "creating"}]}
    stack_file(layout).write_text(json.dumps({"checkpoint": {"latest": latest}}))
    (finding,) = checks.state(layout)
    assert finding.verdict is Verdict.WRONG
    assert "interrupted" in finding.detail


def test_a_check_that_cannot_look_is_itself_a_finding(layout):
    def broken(_):
        raise OSError("no such device")

    (finding,) = checks.diagnose(layout, [broken])
    assert finding.verdict is Verdict.WRONG
    assert "no such device" in finding.detail


def test_exit_code_and_json_agree(layout, capsys):
    code = main(["doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)
    assert code == int(any(finding["verdict"] == "WRONG" for finding in findings))


def test_what_is_wrong_comes_with_what_to_do(layout, capsys):
    stack_file(layout).write_text("{")
    assert main(["doctor"]) == 1
    assert "What to do\n" in capsys.readouterr().out
