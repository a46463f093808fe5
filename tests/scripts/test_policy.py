"""`gacp policy`: what is judged, what is printed, and the exit code that pipelines gate on."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager

import pytest

from infra.policy import types as t
from infra.policy.controls import CONTROLS
from infra.policy.graph import Graph
from infra.policy.judging import judge
from infra.policy.model import UNKNOWN, Secret
from infra.policy.reporting import document_of
from infra.policy.values import SECRET, SIGNATURE
from scripts import policy, preview
from scripts.__main__ import main
from scripts.lib.engine import EngineResult
from scripts.lib.verdicts import full_text, verdict_line
from tests.infra.policy.editing import drop, put
from tests.infra.policy.whole_data import whole_graph
from tests.support.policy_graphs import profile

BAD = put("Subnet::public-subnet-a", "mapPublicIpOnLaunch", True)(
    drop("FlowLog::flow-logs")(whole_graph())
)


def wire(value):
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "ciphertext": "v1:x"}
    if isinstance(value, dict):
        return {key: wire(item) for key, item in value.items()}
    return [wire(item) for item in value] if isinstance(value, list) else value


def export(graph, environment="prod"):
    """The graph as `stack export` would write it."""
    outputs = {"environment": environment, "region": "ap-southeast-1", "computeProfile": "external"}
    entries = [
        {
            "urn": each.urn,
            "type": each.type,
            "custom": True,
            "id": next((i for i in sorted(each.identities) if not i.startswith("arn:")), ""),
            "inputs": wire(dict(each.properties)),
            "outputs": {"arn": next((i for i in each.identities if i.startswith("arn:")), "")},
            "protect": each.options.protect,
        }
        for each in graph.resources
    ]
    stack = {"urn": "urn::stack", "type": "pulumi:pulumi:Stack", "outputs": outputs}
    return {"version": 3, "deployment": {"resources": [stack, *entries]}}


@pytest.fixture
def no_exceptions(monkeypatch):
    monkeypatch.setattr(policy, "_exceptions", lambda: ())


@pytest.fixture
def state(tmp_path):
    def write(graph, **more):
        path = tmp_path / "up.json"
        path.write_text(json.dumps(export(graph, **more)), encoding="utf-8")
        return str(path)

    return write


def test_a_clean_state_is_done(state, no_exceptions, capsys):
    assert main(["policy", "check", "--state", state(whole_graph())]) == 0
    printed = capsys.readouterr().out
    assert "environment prod, compute external, ap-southeast-1" in printed
    assert printed.rstrip().endswith(
        f"policy: {len(CONTROLS)} controls passed, 0 not applicable, 0 failed"
    )
    assert "note:" not in printed


def test_violations_come_first_with_the_way_out_and_make_it_not_so(state, no_exceptions, capsys):
    assert main(["policy", "check", "--state", state(BAD)]) == 1
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("Violations")
    assert at == 2
    assert lines[at + 1] == "  A16 [medium] Traffic of the VPC is recorded"
    assert lines[at + 3] == "        → set gacp:network.flowLogs to true"
    assert lines[at + 4].endswith("aws:ec2/vpc:Vpc::vpc")
    passed = len(CONTROLS) - 2
    assert lines[-1] == f"policy: {passed} controls passed, 0 not applicable, 2 failed"


def test_every_line_of_the_table_is_a_control_with_its_verdict(state, no_exceptions, capsys):
    main(["policy", "check", "--state", state(BAD, environment="dev")])
    printed = capsys.readouterr().out
    rows = re.findall(
        r"^  ([AB]\d\d)  (\w+) +(failed|excepted|passed|not applicable)", printed, re.M
    )
    assert sorted(row[0] for row in rows) == [control.id for control in CONTROLS]
    assert [row[2] for row in rows][:2] == ["failed", "failed"]
    assert "not in force in dev" in printed


def test_json_is_the_whole_report(state, no_exceptions, capsys):
    assert main(["policy", "check", "--state", state(BAD), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["counts"]["failed"] == 2
    failed = {c["id"]: c["violations"] for c in report["controls"] if c["violations"]}
    assert sorted(failed) == ["A16", "A18"]
    assert failed["A18"][0]["urn"].endswith("public-subnet-a")


def test_a_stack_beside_a_state_says_how_to_judge_it(state, no_exceptions, capsys):
    path = state(whole_graph(), environment="nowhere")
    assert main(["policy", "check", "--state", path]) == 4
    assert "environment is 'nowhere'" in capsys.readouterr().err
    assert main(["policy", "check", "prod", "--state", path]) == 0
    assert "environment prod, compute host" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "says"), [("{", "can't be judged"), ("{}", "version is None"), (None, "No such file")]
)
def test_what_can_not_be_judged_is_named(tmp_path, no_exceptions, capsys, text, says):
    path = tmp_path / "up.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert main(["policy", "check", "--state", str(path)]) == 4
    said = capsys.readouterr().err
    assert "up.json" in said
    assert says in said


def test_wrong_use_says_what_there_is(capsys):
    assert main(["policy", "check"]) == 2
    assert "Give a stack, or --state" in capsys.readouterr().err
    assert main(["policy", "check", "moon"]) == 2
    assert "there is dev, local, prod, staging" in capsys.readouterr().err


def test_exceptions_that_can_not_be_read_make_it_not_so(monkeypatch, tmp_path, state, capsys):
    path = tmp_path / "exceptions.toml"
    path.write_text('[[exception]]\ncontrol = "A018"\n', encoding="utf-8")
    monkeypatch.setattr(policy, "FILE", path)
    assert main(["policy", "check", "--state", state(whole_graph())]) == 1
    assert "did you mean A18?" in capsys.readouterr().err


def test_the_list_has_every_control(capsys):
    assert main(["policy", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [control.id for control in CONTROLS]
    assert main(["policy", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["types"] == [t.CLUSTER]
    assert rows[0]["basis"] == "CIS 5.4.2"


def judged(monkeypatch, graph, code=0, events=()):
    """An offline preview that ends with the graph's report."""
    found = profile(compute="cluster")
    report = None if graph is None else document_of(judge(graph, found), found)

    class Offline:
        source, warnings = "empty", ()

        def judged_preview(self):
            return EngineResult(code, "", "it broke", events), report

    @contextmanager
    def offline_stack(*_):
        yield Offline()

    for module in (preview, policy):
        monkeypatch.setattr(module, "offline_stack", offline_stack)


@pytest.mark.parametrize("words", [["preview", "prod", "--offline"], ["policy", "check", "prod"]])
def test_a_preview_with_violations_is_not_so_and_names_them(monkeypatch, capsys, words):
    judged(monkeypatch, BAD)
    assert main(words) == 1
    printed = capsys.readouterr().out
    assert "A16 [medium] Traffic of the VPC is recorded" in printed
    assert "→ ask for an address where one is wanted" in printed
    judged(monkeypatch, whole_graph())
    assert main(words) == 0


@pytest.mark.parametrize("words", [["preview", "prod", "--offline"], ["policy", "check", "prod"]])
def test_a_preview_that_fails_is_told_with_its_reason(monkeypatch, capsys, words):
    judged(monkeypatch, None, code=1)
    assert main(words) == 4
    assert "it broke" in capsys.readouterr().err


def test_the_report_is_in_the_preview_for_programs(monkeypatch, capsys):
    judged(monkeypatch, BAD)
    assert main(["preview", "prod", "--offline", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["policy"]["counts"]["failed"] == 2


def test_useless_exceptions_are_told_in_one_place():
    found = profile(compute="cluster")
    report = {**document_of(judge(whole_graph(), found), found), "exceptions": ["x is over"]}
    text = verdict_line({**report, "clean": False})
    assert "Exceptions that are over or of no use" in text
    assert "  - x is over" in text
    assert "x is over" in full_text(report, "a test")


def test_what_a_preview_can_not_judge_is_noted():
    found = profile(compute="cluster")
    graph = Graph(whole_graph().resources, secrets_marked=False)
    text = full_text(document_of(judge(graph, found), found), "a test")
    assert "note: A60 judged the tags alone" in text


def test_a_value_that_nobody_knows_is_said_so():
    graph = put("Subnet::public-subnet-a", "mapPublicIpOnLaunch", UNKNOWN)(whole_graph())
    found = profile(compute="cluster")
    text = full_text(document_of(judge(graph, found), found), "a test")
    assert "mapPublicIpOnLaunch is unknown until the update: must be false" in text


@pytest.mark.engine
def test_production_is_judged_without_an_account(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GACP_LOCAL_DIR", str(tmp_path))
    assert main(["policy", "check", "prod", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["clean"]
    assert report["counts"]["passed"] >= 40
    assert "A60 judged the tags alone" in report["notes"][0]
    assert {c["id"] for c in report["controls"] if c["excepted"]} == {"A10", "A44", "A55"}
