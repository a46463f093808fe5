"""Stacks that use what somebody else owns: what is still judged, and what is honestly not."""

from __future__ import annotations

from functools import cache

import pytest

from infra.config.keys import deep_merged
from infra.policy import types as t
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, read_exceptions
from infra.policy.judging import Verdict, judge, violations_of
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import cut, drop, put
from tests.support.adopting import ADOPT, ATLAS, VPC, Account, subnet_id
from tests.support.policy_graphs import graph_of_recording, profile
from tests.support.recording import run_program
from tests.support.stacks import stack_configuration

BY_ID = {control.id: control for control in CONTROLS}
IDS = list(BY_ID)
PRIVATE_A = f"{t.ADOPTED_SUBNET}::vpc-private-a"
ENDPOINT = "VpcEndpoint::endpoints-sts"
OUTSIDE = f"{t.EXTERNAL_DATABASE}::database"


@cache
def recorded(compute: str, dry_run: bool = False):
    """Production in an adopted VPC with an external database and an endpoint of its own."""
    network = {"adopt": ADOPT, "interfaceEndpoints": ["sts"]}
    config = deep_merged(
        stack_configuration("prod", compute), {"gacp:network": network, "gacp:database": ATLAS}
    )
    run = run_program("prod", config, dry_run=dry_run, answer=Account().answer)
    return graph_of_recording(run)


@pytest.mark.parametrize("compute", ["host", "cluster"])
@pytest.mark.parametrize("dry_run", [True, False], ids=["preview", "known"])
def test_production_keeps_its_controls_and_says_what_it_could_not_judge(compute, dry_run):
    report = judge(recorded(compute, dry_run), profile(compute=compute), read_exceptions(FILE, IDS))
    assert report.violations == []
    assert list(report.problems) == []
    assert len(report.of(Verdict.PASSED)) >= 35
    why = {outcome.control.id: outcome.why for outcome in report.outcomes}
    for id_ in ("A16", "A17", "B07"):
        assert f"{VPC} is adopted: its owner answers" in why[id_]
    for id_ in ("A29", "A30", "A31", "A32", "A34", "A35", "A36"):
        assert "is external: its operator answers" in why[id_]
    vpc, database = report.notes
    assert VPC in vpc
    assert "flow logs (A16)" in vpc
    assert "cluster0.ab1cd.mongodb.net" in database


def test_nothing_is_noted_where_a_stack_owns_all_that_it_uses():
    graph = graph_of_recording(run_program("prod", stack_configuration("prod")))
    assert judge(graph, profile()).notes == ()


@pytest.mark.parametrize(
    ("id_", "edit"),
    [
        ("A08", put(PRIVATE_A, "internetGateway", "igw-0123")),
        ("A08", put(PRIVATE_A, "internetGateway", UNKNOWN)),
        ("A08", put(PRIVATE_A, "mapPublicIpOnLaunch", True)),
        ("A08", drop(PRIVATE_A)),
        ("A08", put(PRIVATE_A, "availabilityZone", "ap-southeast-1b")),
        ("A09", cut(PRIVATE_A, "internetGateway")),
        ("A22", put(ENDPOINT, "privateDnsEnabled", False)),
        ("A23", drop(f"{t.ADOPTED_SUBNET}::vpc-data-c")),
        ("A23", put("SubnetGroup::redis", "subnetIds", [subnet_id("data", "a")])),
        (
            "A27",
            drop(*(f"{t.ADOPTED_SUBNET}::vpc-public-{letter}" for letter in "bc")),
        ),
        ("A33", put(OUTSIDE, "tls", False)),
        ("A33", put(OUTSIDE, "tls", UNKNOWN)),
        ("B05", put("SecurityGroupEgressRule::workloads-out-redis-a", "cidrIpv4", "0.0.0.0/0")),
    ],
)
def test_what_can_be_seen_of_it_is_judged(id_, edit):
    graph, found = recorded("cluster"), profile(compute="cluster")
    assert violations_of(BY_ID[id_], graph, found) == []
    assert violations_of(BY_ID[id_], edit(graph), found)
