"""What the two roles may do, over every resource of production in both profiles."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from infra.identity.pipeline import writing
from infra.identity.pipeline.needs import all_of
from infra.identity.pipeline.table import TYPES
from infra.policy import types as t
from infra.policy.model import Resource
from tests.infra.identity.authorization import freeze, frozen
from tests.infra.identity.ground import ADOPTED, CASES, production, role, scope, sources
from tests.infra.identity.kinds import KINDS
from tests.infra.identity.requests import requests_of
from tests.support.stacks import CELLS

MOMENTS = ("read", "make", "change", "remove")
# Registered where a stack is configured so, and by none that is recorded here.
OPTIONAL = {"aws:autoscaling/policy:Policy"}
IDENTITY = (t.POLICY, "aws:iam/openIdConnectProvider:OpenIdConnectProvider")


def resources(compute):
    return [each for each in production(compute).resources if each.type.startswith("aws:")]


def is_the_pipelines(resource):
    return resource.name.startswith("pipeline") or resource.type in IDENTITY


def refused(name, compute, moments):
    """Calls that a role would need and may not make."""
    return {
        (each.type, each.name, moment, request.action)
        for each in resources(compute)
        for moment in moments
        for request in requests_of(each, moment, scope(compute))
        if not role(name, compute).allows(request)
    }


@pytest.mark.parametrize("compute", CASES)
@pytest.mark.parametrize("name", ["preview", "deploy"])
def test_both_roles_read_everything_that_a_refresh_reads(name, compute):
    assert refused(name, compute, ("read",)) == set()


@pytest.mark.parametrize("name", ["preview", "deploy"])
def test_both_roles_ask_what_the_program_asks_without_registering_it(name):
    for token in sources():
        source = Resource("urn", token, "source", {})
        for request in requests_of(source, "read", scope(ADOPTED)):
            assert role(name, ADOPTED).allows(request), request
    assert len(sources()) == 5


@pytest.mark.parametrize("compute", CASES)
def test_a_deployment_makes_and_changes_everything_but_its_own_rights(compute):
    ours = {each.name for each in resources(compute) if is_the_pipelines(each)}
    left = {row for row in refused("deploy", compute, ("make", "change")) if row[1] not in ours}
    assert left == set()


@pytest.mark.parametrize("compute", CASES)
def test_a_deployment_removes_everything_but_what_is_protected(compute):
    protected = {(each.type, each.name) for each in resources(compute) if each.options.protect}
    kept = {
        row[:2]
        for row in refused("deploy", compute, ("remove",))
        if not row[1].startswith("pipeline")
    }
    locks = {(each.type, each.name) for each in resources(compute) if each.type == t.VAULT_LOCK}
    assert kept == protected | locks


@pytest.mark.parametrize("compute", CASES)
def test_a_preview_writes_nothing(compute):
    allowed = {
        request.action
        for each in resources(compute)
        for moment in ("make", "change", "remove")
        for request in requests_of(each, moment, scope(compute))
        if role("preview", compute).allows(request)
    }
    assert allowed <= set(all_of(TYPES, "read")), allowed


def test_a_preview_has_no_action_that_changes_anything():
    levels = frozen()["actions"]
    granted = [a for s in role("preview").granted if s["Effect"] == "Allow" for a in s["Action"]]
    of_state = {"kms:Decrypt"}
    known = [action for action in granted if action not in of_state]
    assert {levels[action]["level"] for action in known} == {"List", "Read"}
    assert len(known) > 80


@pytest.mark.parametrize("compute", CASES)
def test_every_role_that_a_resource_takes_is_handed_to_its_service_alone(compute):
    graph = production(compute)
    roles = {identity: each for each in graph.of(t.ROLE) for identity in each.identities}
    handed = {
        (each.type, key, str(value))
        for each in resources(compute)
        for key, value in each.properties.items()
        if key.lower().endswith("rolearn") and value in roles
    }
    assert {kind for kind, _, _ in handed} <= set(TAKERS)
    for kind, _, arn in handed:
        passed = {"iam:PassedToService": f"{TAKERS[kind]}.amazonaws.com"}
        assert role("deploy", compute).may(
            "iam:PassRole", arn, **passed, **{"aws:RequestedRegion": "us-east-1"}
        ), kind
        assert not role("preview", compute).may("iam:PassRole", arn, **passed)
    assert len(handed) >= 2


TAKERS = {
    "aws:ec2/flowLog:FlowLog": "vpc-flow-logs",
    "aws:backup/selection:Selection": "backup",
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": "backup",
    "aws:eks/cluster:Cluster": "eks",
    "aws:eks/nodeGroup:NodeGroup": "eks",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "pods.eks",
}


def test_every_type_of_every_stack_has_a_row_and_every_row_a_type(graph_of):
    registered = {each.type for cell in CELLS for each in graph_of(*cell).custom}
    registered |= {each.type for compute in CASES for each in resources(compute)} | sources()
    assert registered - set(TYPES) == set(), "write rows: infra/identity/pipeline/*_needs.py"
    assert set(TYPES) - registered <= OPTIONAL, "rows that no stack needs"
    assert set(KINDS) == set(TYPES)


# What AWS says that a call may ask for besides, and none of ours does.
NOT_ASKED = {
    "billing:GetBillingViewData": "no budget here is of a billing view",
    "cloudfront:CreateConnectionGroup": "of distributions for tenants",
    "ecs:ListClusters": "of flow logs with ECS fields",
    "ecs:ListContainerInstances": "of flow logs with ECS fields",
    "ecs:ListServices": "of flow logs with ECS fields",
    "ecs:ListTaskDefinitions": "of flow logs with ECS fields",
    "ecs:ListTasks": "of flow logs with ECS fields",
    "rds:CreateDBSnapshot": "DocumentDB's instances have no snapshots of their own",
    "rds:CreateTenantDatabase": "Oracle alone",
    "rds:DeleteTenantDatabase": "Oracle alone",
}


def test_what_a_call_asks_for_besides_is_granted_too():
    granted = {
        action
        for statement in role("deploy").granted
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    asked = {needed for each in frozen()["actions"].values() for needed in each["depends"]}
    lacking = {a for a in asked if not any(fnmatchcase(a, pattern) for pattern in granted)}
    assert lacking == set(NOT_ASKED)
    assert len(asked) > 15


def test_a_deployment_is_granted_what_some_type_needs_and_little_more():
    granted = {a for s in role("deploy").granted for a in s["Action"]}
    needed = {*all_of(TYPES, "read"), *all_of(TYPES, "writes")}
    assert granted - needed == {
        "s3:DeleteObject",  # of the state
        # keys through services, and the state's
        *("kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
        *("kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:RetireGrant"),
        # images and first values
        *(each for each in writing.PUSHES if each not in needed),
        *("ecr:GetAuthorizationToken", "secretsmanager:PutSecretValue", "ssm:GetParameters"),
        # roles handed out; interfaces and zones through services
        *("iam:PassRole", "iam:CreateServiceLinkedRole", "ec2:CreateNetworkInterface"),
        *("ec2:DeleteNetworkInterface", "route53:AssociateVPCWithHostedZone"),
    }
    assert all("*" not in action for action in granted - {"kms:GenerateDataKey*", "kms:ReEncrypt*"})


def test_every_action_is_one_that_aws_has():
    named = {*all_of(TYPES, "read"), *all_of(TYPES, "writes")}
    assert set(frozen()["actions"]) == named


def test_an_action_that_aws_does_not_have_is_told():
    with pytest.raises(KeyError, match="MakeVpc"):
        freeze({"ec2": {"privileges": {}, "resources": {}}}, ["ec2:MakeVpc"], ())
