"""How the pipeline is configured, and what it is made of."""

from __future__ import annotations

import json

import pytest

from infra.config.keys import deep_merged
from infra.outputs import PIPELINE_OUTPUTS
from tests.support import graph_rules
from tests.support.recording import run_program
from tests.support.stacks import with_pipeline

PROVIDER = "iam/openIdConnectProvider:OpenIdConnectProvider"


@pytest.fixture(scope="module")
def piped(request):
    configuration_of = request.getfixturevalue("configuration_of")
    return run_program("local", with_pipeline(configuration_of("local")))


def claims_of(graph, name):
    text = graph.one("iam/role:Role", f"pipeline-{name}").inputs["assumeRolePolicy"]
    (statement,) = json.loads(text)["Statement"]
    issuer = "token.actions.githubusercontent.com"
    exact = statement["Condition"]["StringEquals"]
    return exact[f"{issuer}:sub"], exact[f"{issuer}:aud"], statement["Principal"]["Federated"]


def test_a_stack_without_a_repository_has_no_pipeline(local_graph):
    assert not [each for each in local_graph.resources if "pipeline" in each.name]
    assert not set(PIPELINE_OUTPUTS) & set(local_graph.outputs)


def test_a_stack_with_a_repository_puts_its_roles_out(piped, local_graph):
    assert set(piped.outputs) - set(local_graph.outputs) == set(PIPELINE_OUTPUTS)
    assert graph_rules.problems(piped, protected=False) == []
    arn = "arn:aws:iam::123456789012:role/gacp-local-pipeline-{}"
    assert [piped.outputs[name] for name in PIPELINE_OUTPUTS] == [
        arn.format("preview"),
        arn.format("deploy"),
    ]


def test_sessions_end(piped):
    seconds = {
        each.name: each.inputs.get("maxSessionDuration") for each in piped.of_type("iam/role:Role")
    }
    assert seconds["pipeline-preview"] == 3600
    assert seconds["pipeline-deploy"] == 7200


def test_the_environment_is_called_as_the_stack_where_nothing_else_is_said(piped):
    assert claims_of(piped, "deploy")[0] == ["repo:gacp/platform:environment:local"]


def test_tokens_are_for_aws_alone(piped):
    provider = piped.one(PROVIDER).inputs
    assert provider["clientIdLists"] == ["sts.amazonaws.com"]
    assert provider["url"] == "https://token.actions.githubusercontent.com"
    assert {claims_of(piped, name)[1] for name in ("preview", "deploy")} == {"sts.amazonaws.com"}


def test_branch_environment_and_a_provider_of_another_stack_are_taken_over(configuration_of):
    changes = {"branch": "trunk", "environment": "production", "createProvider": False}
    config = with_pipeline(configuration_of("local"))
    graph = run_program("local", deep_merged(config, {"gacp:pipeline": changes}))
    assert graph.of_type(PROVIDER) == []
    adopted = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    assert claims_of(graph, "preview")[0] == [
        "repo:gacp/platform:pull_request",
        "repo:gacp/platform:ref:refs/heads/trunk",
    ]
    assert claims_of(graph, "deploy")[0] == ["repo:gacp/platform:environment:production"]
    assert {claims_of(graph, name)[2] for name in ("preview", "deploy")} == {adopted}


def test_the_state_is_read_by_the_engines_name_of_the_stack(configuration_of):
    graph = run_program("another", with_pipeline(configuration_of("local")))
    text = graph.one("iam/rolePolicy:RolePolicy", "pipeline-preview").inputs["policy"]
    assert "/.pulumi/*/gacp/another.json*" in text
    assert "alias/gacp-local-state" in text
