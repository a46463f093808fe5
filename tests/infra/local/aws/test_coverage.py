"""The report on which inputs are validated and which only recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.coverage import coverage_of, inputs_of, shapes_of_inputs, words_read_by
from infra.local.aws.rules.basic import pattern
from infra.local.aws.spec import Reference, Scope, TypeSpec
from infra.local.aws.table import TABLE
from infra.local.aws.tools import run
from tests.infra.local.aws.test_types import ALL


@pytest.mark.parametrize("token", sorted(TABLE))
def test_every_declared_input_is_on_one_side(token: str):
    found = coverage_of(TABLE[token])
    sides = (*found.validated, *found.switches, *found.recorded)
    assert sorted(sides) == sorted(inputs_of(token))
    assert len(set(sides)) == len(sides)


@pytest.mark.parametrize("token", sorted(TABLE))
def test_a_switch_is_true_or_false_and_has_no_rule(token: str):
    shapes = shapes_of_inputs(token)
    assert {shapes[path] for path in coverage_of(TABLE[token]).switches} <= {"b"}


def test_inputs_are_counted_at_their_ends():
    inputs = inputs_of(tokens.EKS)
    assert "vpcConfig.subnetIds[*]" in inputs
    assert "vpcConfig" not in inputs
    assert "kubernetesNetworkConfig.elasticLoadBalancing.enabled" in inputs


@pytest.mark.parametrize(
    ("token", "validated", "other"),
    [
        (tokens.VPC, "cidrBlock", "enableDnsHostnames"),
        (tokens.SUBNET, "vpcId", "enableDns64"),
        (tokens.INSTANCE, "rootBlockDevice.volumeSize", "volumeTags"),
        (tokens.EKS, "vpcConfig.endpointPublicAccess", "zonalShiftConfig.enabled"),
        (tokens.ROLE, "inlinePolicies[*].policy", "forceDetachPolicies"),
        (tokens.KEY, "deletionWindowInDays", "isEnabled"),
    ],
)
def test_a_rule_or_a_reference_makes_an_input_validated(token: str, validated: str, other: str):
    found = coverage_of(TABLE[token])
    assert validated in found.validated
    assert other in (*found.switches, *found.recorded)


def test_a_new_rule_moves_its_inputs():
    bare = coverage_of(TypeSpec(tokens.POLICY, id="x"))
    assert {"delayAfterPolicyCreationInMs", "description"} <= set(bare.recorded)
    rules = (pattern("description", ".*", "x", "y"),)
    pointing = (Reference("delayAfterPolicyCreationInMs", ()),)
    ruled = coverage_of(TypeSpec(tokens.POLICY, id="", rules=rules, references=pointing))
    assert {"delayAfterPolicyCreationInMs", "description"} <= set(ruled.validated)


class Watched(dict[str, Any]):
    """Inputs that keep which of them a rule asked for."""

    asked: set[str]

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.token.rsplit(":")[-1])
def test_what_rules_ask_for_is_counted(case: Any):
    """The report reads the rules' code; here they run, and what they ask for must be in it."""
    spec = TABLE[case.token]
    watched = Watched({"type": "x", **case.least, **case.full})
    watched.asked = set()
    for rule in spec.rules:
        list(rule(watched, Scope("ap-southeast-1")))
    counted = {word for rule in spec.rules for word in words_read_by(rule)}
    declared = {path.split(".")[0].split("[")[0] for path in inputs_of(case.token)}
    assert watched.asked & declared <= counted


def test_the_command_prints_each_type_and_the_total(capsys: pytest.CaptureFixture[str]):
    assert run(["coverage"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(TABLE) + 3
    assert lines[-2].startswith(f"{len(TABLE)} types")


def test_the_command_prints_paths_in_json(capsys: pytest.CaptureFixture[str]):
    assert run(["coverage", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert sorted(found["types"]) == sorted(TABLE)
    counted = sum(len(each["validated"]) for each in found["types"].values())
    assert found["total"]["validated"] == counted
    assert found["total"]["types"] == len(TABLE)
