import json

import pytest

from scripts.__main__ import main


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GACP_LOCAL_DIR", str(tmp_path))
    return tmp_path


def test_production_is_refused_while_only_its_owner_knows_a_value(capsys):
    assert main(["up", "prod"]) == 3
    said = capsys.readouterr().err
    assert "<CHANGE_ME>" in said
    assert "gacp:edge.domain" in said
    assert "gacp:workloads.imageDigest" in said
    assert "gacp preview prod --offline" in said


def test_an_unknown_stack_is_wrong_use_naming_the_nearest(capsys):
    assert main(["up", "pord"]) == 2
    assert "did you mean prod? There is dev, local, prod, staging" in capsys.readouterr().err


def test_a_dry_run_starts_nothing_and_says_so(own_folder, capsys):
    assert main(["up", "local", "--dry-run"]) == 0
    assert "first start" in capsys.readouterr().out
    assert not (own_folder / "run").exists()


def test_a_dry_run_for_programs(capsys):
    assert main(["up", "local", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"programs": {}}


def test_the_cli_where_there_is_none_says_how_to_get_it(capsys, monkeypatch, tmp_path):
    from scripts.lib.engine import NoCliError, find_cli

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoCliError, match=r"pulumi\.com/docs/install"):
        find_cli()


def test_down_where_nothing_runs_is_done(capsys):
    assert main(["down"]) == 0
    assert "nothing was running" in capsys.readouterr().out
    assert main(["down", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
