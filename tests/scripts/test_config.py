import dataclasses
import json

import jsonschema
import pytest
import yaml

from infra.local.services.layout import Layout
from scripts.__main__ import main


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository of stack files alone."""
    layout = dataclasses.replace(Layout.from_environment(), repository=tmp_path)
    monkeypatch.setattr(Layout, "from_environment", lambda: layout)
    return tmp_path


def write(folder, stack, **changed):
    config = {
        "aws:region": "ap-southeast-1",
        "aws:allowedAccountIds": ["123456789012"],
        "gacp:environment": "dev",
        "gacp:edge": {"domain": "gacp.example.com"},
        "gacp:mail": {"host": "mail.example.com"},
        **changed,
    }
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))


def test_a_good_stack_file_has_no_problems(capsys):
    assert main(["config", "check", "local"]) == 0
    assert capsys.readouterr().out == "stack local: no problems\n"


def test_what_only_the_owner_knows_is_listed_with_its_meaning(capsys):
    assert main(["config", "check", "prod"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("gacp:edge.domain ") and "only you" in line for line in lines)
    assert lines[-1] == "stack prod: 6 problems"


def test_every_broken_rule_is_listed_with_the_blanks(repository, capsys):
    write(
        repository,
        "mine",
        **{
            "gacp:network": {"nat": "two", "cird": "x"},
            "gacp:mail": {"host": "mail.example.com", "sender": "<CHANGE_ME>"},
        },
    )
    assert main(["config", "check", "mine", "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [problem["key"] for problem in problems] == [
        "gacp:mail.sender",
        "gacp:network.cird",
        "gacp:network.nat",
    ]
    assert "did you mean gacp:network.cidr?" in problems[1]["says"]


def test_values_in_force_are_shown_with_their_origin(capsys):
    assert main(["config", "show", "prod", "--json"]) == 0
    shown = {each["key"]: each for each in json.loads(capsys.readouterr().out)}
    assert shown["gacp:compute.profile"]["value"] == "host"
    assert shown["gacp:compute.profile"]["origin"] == "stack file"
    assert shown["gacp:database.instances"]["origin"] == "default"
    assert shown["gacp:edge.domain"]["changeMe"]
    assert not shown["gacp:compute.profile"]["changeMe"]


def test_one_origin_alone_can_be_asked_for(capsys):
    assert main(["config", "show", "local", "--origin", "preset"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(" preset " in line for line in lines)


def test_a_broken_stack_file_is_not_shown_but_explained(repository, capsys):
    write(repository, "mine", **{"gacp:network": {"nat": "two"}})
    assert main(["config", "show", "mine"]) == 1
    assert "gacp:network.nat is 'two'" in capsys.readouterr().err


def test_a_stack_without_a_file_is_refused_with_the_nearest(capsys):
    assert main(["config", "check", "prd"]) == 2
    assert "did you mean prod?" in capsys.readouterr().err


def test_the_schema_is_printed_for_editors(capsys):
    assert main(["config", "schema"]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))
