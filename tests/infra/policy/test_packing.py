"""The policy pack: controls as policies, and what an engine hands them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from pulumi_policy import (
    EnforcementLevel,
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from infra.config.loader import load_settings
from infra.policy import types as t
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import Allowance
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Resource
from infra.policy.packing import Pack, name_of, profile_of
from infra.policy.reporting import REPORT_VARIABLE
from tests.infra.policy.editing import cut, drop, put
from tests.infra.policy.whole_data import whole_graph
from tests.support.policy_graphs import TODAY, as_preview, profile
from tests.support.stacks import ROOT, stack_configuration


class Told:
    """A pack that is driven as the engine drives it: resources first, then the stack."""

    def __init__(self, *exceptions: Allowance, environment: str = "prod") -> None:
        found = Pack(lambda: profile(environment, "cluster"), exceptions)
        self.policies = found.policies()
        self.said: dict[str, list[tuple[str, str | None]]] = {}
        self.skipped: set[str] = set()

    def run(self, graph: Graph) -> dict[str, list[tuple[str, str | None]]]:
        graph = _waiting(graph)
        for resource in graph.resources:
            for policy in self.policies:
                if isinstance(policy, ResourceValidationPolicy):
                    self._ask(policy, _args(resource))
        joined = StackValidationArgs(_joined(graph))
        for policy in self.policies:
            if isinstance(policy, StackValidationPolicy):
                self._ask(policy, joined)
        return self.said

    def _ask(self, policy: Any, args: Any) -> None:
        from pulumi_policy.policy import _NotApplicableError

        def report(message: str, urn: str | None = None) -> None:
            self.said.setdefault(policy.name, []).append((message, urn))

        try:
            policy.validate(args, report)
        except _NotApplicableError:
            self.skipped.add(policy.name)


def _waiting(graph: Graph) -> Graph:
    """What each property waited for, as the engine still tells it after an update."""
    before = {each.urn: each.dependencies for each in as_preview(graph).resources}
    return Graph(replace(each, dependencies=before[each.urn]) for each in graph.resources)


def _wire(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_STRING_VALUE
    if isinstance(value, dict):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _options(resource: Resource) -> PolicyResourceOptions:
    timeouts = PolicyCustomTimeouts(0, 0, 0)
    return PolicyResourceOptions(resource.options.protect, [], None, [], timeouts, [])


def _args(resource: Resource) -> ResourceValidationArgs:
    props = unknown_checking_proxy(_wire(dict(resource.properties)))
    return ResourceValidationArgs(
        resource.type, props, resource.urn, resource.name, _options(resource), None
    )


def _joined(graph: Graph) -> list[PolicyResource]:
    """Outputs: the inputs, the names by which others know it, and what AWS chose by itself."""
    made = {
        each.urn: PolicyResource(
            each.type,
            unknown_checking_proxy(_wire({**_chosen(each), **each.properties, **_identity(each)})),
            each.urn,
            each.name,
            _options(each),
            None,
            None,
            [],
            {},
        )
        for each in graph.resources
    }
    for each in graph.resources:
        made[each.urn].property_dependencies = {
            key: [made[urn] for urn in urns] for key, urns in each.dependencies.items()
        }
    return list(made.values())


def _identity(each: Resource) -> dict[str, Any]:
    known = sorted(each.identities)
    arn = next((identity for identity in known if identity.startswith("arn:")), None)
    return {"arn": arn} if arn else {}


def _chosen(each: Resource) -> dict[str, Any]:
    # A key of AWS's own: nobody asked for it, and it must not count as ours.
    return {"kmsKeyId": "arn:aws:kms:r:a:key/aws-managed"} if each.type == t.DATABASE else {}


@pytest.mark.parametrize("known", [True, False], ids=["update", "preview"])
def test_a_good_stack_is_let_through_by_every_policy(known):
    told = Told()
    assert told.run(whole_graph() if known else as_preview(whole_graph())) == {}
    joined = {name_of(control) for control in CONTROLS if not control.alone}
    assert not told.skipped & joined


BAD = {
    "A02": put("Cluster::main", "vpcConfig.endpointPublicAccess", True),
    "A16": drop("FlowLog::flow-logs"),
    "A18": put("Subnet::public-subnet-a", "mapPublicIpOnLaunch", True),
    "A29": cut("Cluster::database", "kmsKeyId"),
    "A45": put("BucketPublicAccessBlock::documents", "blockPublicAcls", False),
}


@pytest.mark.parametrize("id_", sorted(BAD))
@pytest.mark.parametrize("known", [True, False], ids=["update", "preview"])
def test_a_bad_one_is_stopped_by_the_policy_of_the_control(id_, known):
    graph = BAD[id_](whole_graph())
    said = Told().run(graph if known else as_preview(graph))
    (name,) = said
    assert name.startswith(f"{id_}-")
    (message, urn), *_ = said[name]
    assert "must" in message
    assert urn in {each.urn for each in graph.resources}


def test_every_control_is_a_mandatory_policy_that_says_how_bad_it_is():
    policies = {policy.name: policy for policy in Told().policies}
    assert len(policies) == len(CONTROLS) + 1
    for control in CONTROLS:
        policy = policies[name_of(control)]
        kind = ResourceValidationPolicy if control.alone else StackValidationPolicy
        assert isinstance(policy, kind)
        assert policy.enforcement_level is EnforcementLevel.MANDATORY
        assert policy.severity.value == str(control.severity)
        assert control.title in policy.description


def allowed(until: date) -> Allowance:
    return Allowance("A18", "Subnet::*", ("prod",), (), "for the test of it", until, "me")


def test_an_exception_lets_off_here_too_until_its_day():
    graph = BAD["A18"](whole_graph())
    assert Told(allowed(date(2026, 12, 31))).run(graph) == {}
    said = Told(allowed(date(2026, 1, 1))).run(graph)
    assert {name.partition("-")[0] for name in said} == {"A18", "exceptions"}
    assert "ended on 2026-01-01" in said["exceptions"][0][0]


def test_an_exception_of_no_use_is_told():
    said = Told(allowed(date(2026, 12, 31))).run(whole_graph())
    assert list(said) == ["exceptions"]


def test_controls_that_are_not_in_force_are_not_applicable():
    told = Told(environment="dev")
    graph = cut("Cluster::main", "deletionProtection")(whole_graph())
    assert all(not name.startswith("A07") for name in told.run(graph))


def test_the_whole_report_is_written_where_it_is_asked_for(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    monkeypatch.setenv(REPORT_VARIABLE, str(path))
    Told().run(BAD["A16"](whole_graph()))
    report = json.loads(path.read_text(encoding="utf-8"))
    passed = len(CONTROLS) - 1
    assert report["counts"] == {"failed": 1, "excepted": 0, "passed": passed, "not applicable": 0}
    assert report["profile"]["environment"] == "prod"


def test_the_profile_is_what_the_program_is_configured_as():
    found = profile_of(load_settings(stack_configuration("prod")), TODAY)
    assert (found.is_prod, found.compute, found.region) == (True, "host", "ap-southeast-1")


def test_the_pack_is_one_that_engines_start():
    folder = ROOT / "infra" / "policy" / "pack"
    document = yaml.safe_load((folder / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    assert document["runtime"]["name"] == "python"
    assert (folder / document["runtime"]["options"]["virtualenv"]).resolve() == (
        ROOT / ".local" / "venv"
    ).resolve()
    assert (folder / "__main__.py").exists()
