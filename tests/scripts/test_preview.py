import json

import pytest

from scripts.__main__ import main

pytestmark = pytest.mark.engine


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GACP_LOCAL_DIR", str(tmp_path))
    return tmp_path


def test_production_previews_without_an_account_and_says_against_what(capsys, own_folder):
    assert main(["preview", "prod", "--offline"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("offline preview of prod; state: empty")
    assert any("resources would change" in line for line in rest)
    assert rest[-1].startswith("policy: ")
    assert rest[-1].endswith(" 0 failed")
    assert any("gacp:edge.domain is <CHANGE_ME>" in line for line in rest)
    # Nothing is kept: no state, no folder of the stack.
    assert list((own_folder / "offline").iterdir()) == []


def test_what_a_preview_cannot_judge_is_said_before_the_verdict(capsys):
    assert main(["preview", "prod", "--offline", "--json"]) == 0
    (note,) = json.loads(capsys.readouterr().out)["policy"]["notes"]
    assert main(["preview", "prod", "--offline"]) == 0
    text = capsys.readouterr().out
    said = " ".join(text.partition("\nnote: ")[2].partition("\npolicy: ")[0].split())
    assert said == note


def test_json_holds_every_step(capsys):
    assert main(["preview", "prod", "--offline", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["changes"].get("create") == len(content["steps"])
    assert content["warnings"]


def test_a_state_that_is_none_is_refused_by_name(tmp_path, capsys):
    (tmp_path / "up.json").write_text("{}")
    assert main(["preview", "prod", "--offline", "--state", str(tmp_path / "up.json")]) == 4
    assert "up.json is no export" in capsys.readouterr().err


def test_a_state_belongs_to_an_offline_preview(tmp_path, capsys):
    assert main(["preview", "prod", "--state", "up.json"]) == 2
    assert "--offline" in capsys.readouterr().err


def test_without_offline_the_cli_is_wanted(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["preview", "prod"]) == 4
    assert "pulumi.com/docs/install" in capsys.readouterr().err
