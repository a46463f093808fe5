"""The boundary leaves every role what it needs, and takes the rest."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pulumi
import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from infra.config.loader import load_settings
from infra.identity import limits, policies
from infra.identity.pipeline import guards, reading, writing
from infra.identity.roles import RoleArgs, make_role
from infra.identity.scope import Scope
from infra.naming import Names
from infra.policy import types as t
from infra.policy.graph import Graph
from infra.policy.iam import Request, is_allowed, statements_of
from infra.stack import Stack
from tests.infra.identity.ground import CASES, PROFILES, production, role_of, scope
from tests.support.policy_graphs import graph_of_recording
from tests.support.stacks import CELLS, stack_configuration, with_pipeline

ROOT = Path(__file__).parents[3]
HERE = {"aws:RequestedRegion": "ap-southeast-1"}
EVERYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
IAM = "arn:aws:iam::123456789012"
RECORD = "route53:ChangeResourceRecordSets"
PROOF = {
    f"{RECORD}NormalizedRecordNames": ["_acme-challenge.gacp.example.com"],
    f"{RECORD}RecordTypes": ["TXT"],
}


def bounded(action, resource="*", **context):
    """Whether a role with every right there is may do it inside the boundary."""
    request = Request(action, resource, {**HERE, **context})
    return is_allowed(request, EVERYTHING, list(limits.boundary_statements(scope())))


def first(value):
    return value[0] if isinstance(value, list) else value


def listed(value):
    return value if isinstance(value, list) else [value]


def as_asked(statement):
    """Each call that a statement is for, with its conditions met: where the resource is."""
    context = {
        key: wanted if operator.startswith("ForAllValues") else first(wanted)
        for operator, keys in statement.get("Condition", {}).items()
        if operator != "Null"
        for key, wanted in keys.items()
    }
    for action in listed(statement["Action"]):
        for resource in listed(statement["Resource"]):
            is_global = action.startswith(("iam:", "route53:"))
            region = resource.split(":")[3] if resource.startswith("arn:") else ""
            usual = "us-east-1" if is_global else HERE["aws:RequestedRegion"]
            asked = {"aws:RequestedRegion": region or usual}
            yield Request(action, resource, {**asked, **context})


def lost_in(graph):
    """Calls that a role's own policies allow and its boundary takes."""
    for each in graph.of(t.ROLE):
        own = role_of(graph, each)
        for policy in graph.users(each, "role", t.ROLE_POLICY):
            for statement in statements_of(policy.get("policy")):
                for request in as_asked(statement):
                    assert is_allowed(request, [statement]), f"not as asked: {request}"
                    if not is_allowed(request, EVERYTHING, own.boundary):
                        yield each.name, request.action, request.resource


@pytest.mark.parametrize("case", CASES)
def test_every_role_keeps_all_that_its_own_policy_gives(case):
    graph = production(case)
    assert sorted(set(lost_in(graph))) == []
    with_own = [each for each in graph.of(t.ROLE) if graph.users(each, "role", t.ROLE_POLICY)]
    assert len(with_own) >= 5, [each.name for each in with_own]


def test_what_a_boundary_takes_from_a_policy_is_seen():
    graph = production("host")
    more = policies.document([policies.allow("More", ["s3:GetObject"], ["arn:aws:s3:::x/*"])])
    policy = next(each for each in graph.of(t.ROLE_POLICY) if each.name == "host-role")
    widened = Graph(
        replace(each, properties={**each.properties, "policy": more}) if each is policy else each
        for each in graph.resources
    )
    assert list(lost_in(widened)) == [("host-role", "s3:GetObject", "arn:aws:s3:::x/*")]


def actions_of_aws(arn):
    known = json.loads(aws_managed_policies_data)
    document = known[arn.rpartition("/")[2]]["Document"]
    return {
        a
        for s in document["Statement"]
        for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])
    }


# Of AWS's own policies, what this program has nothing of.
SHUT_OUT = {
    *("backup-gateway", "cloudformation", "ds", "dsql", "dynamodb", "ebs", "elasticfilesystem"),
    *("fsx", "guardduty", "redshift", "redshift-serverless", "ssm-sap", "storagegateway"),
    "timestream",
}
# And of services that it has, what AWS Backup would do to clusters and machines.
NOT_DONE = {
    *("eks:AssociateAccessPolicy", "eks:CreateAccessEntry", "eks:CreateAddon"),
    *("eks:CreateCluster", "eks:CreateFargateProfile", "eks:CreateNodegroup"),
    *("eks:CreatePodIdentityAssociation", "eks:DisassociateAccessPolicy", "eks:ListAccessEntries"),
    *("eks:ListAddons", "eks:ListAssociatedAccessPolicies", "eks:ListClusters"),
    *("eks:ListFargateProfiles", "eks:ListNodegroups", "eks:ListPodIdentityAssociations"),
    *("eks:ListTagsForResource", "eks:TagResource", "ssm:CancelCommand", "ssm:SendCommand"),
}


def test_policies_of_aws_keep_what_this_program_has():
    attached = {
        str(each.get("policyArn"))
        for compute in PROFILES
        for each in production(compute).of(t.ATTACHMENT)
        if str(each.get("policyArn")).startswith("arn:aws:iam::aws:")
    }
    assert len(attached) >= 9
    prefix = scope().prefix
    resources = ("*", f"arn:aws:s3:::{prefix}x", f"{IAM}:role/{prefix}x")
    given = {"iam:PassedToService": "ec2.amazonaws.com"}
    lost = {
        action
        for arn in attached
        for action in actions_of_aws(arn)
        if not any(bounded(action, resource, **given) for resource in resources)
    }
    assert {action for action in lost if action.split(":")[0] not in SHUT_OUT} == NOT_DONE
    assert {action.split(":")[0] for action in lost} >= SHUT_OUT


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("iam:CreateRole", f"{IAM}:role/gacp-prod-x", {}),
        ("iam:PutRolePolicy", f"{IAM}:role/gacp-prod-host", {}),
        ("iam:CreateAccessKey", f"{IAM}:user/me", {}),
        ("iam:PassRole", f"{IAM}:role/Administrator", {"iam:PassedToService": "ec2.amazonaws.com"}),
        (
            "iam:PassRole",
            f"{IAM}:role/gacp-prod-x",
            {"iam:PassedToService": "lambda.amazonaws.com"},
        ),
        ("sts:AssumeRole", f"{IAM}:role/gacp-prod-pipeline-deploy", {}),
        ("s3:GetObject", "arn:aws:s3:::gacp-dev-documents-1/x", {}),
        ("s3:GetObject", "arn:aws:s3:::gacp-state-1/.pulumi/stacks/gacp/prod.json", {}),
        ("s3:BypassGovernanceRetention", "arn:aws:s3:::gacp-prod-backups-1/x", {}),
        ("s3:DeleteBucket", "arn:aws:s3:::gacp-prod-documents-1", {}),
        ("kms:ScheduleKeyDeletion", "*", {}),
        ("kms:PutKeyPolicy", "*", {}),
        ("backup:DeleteRecoveryPoint", "*", {}),
        ("rds:DeleteDBCluster", "arn:aws:rds:ap-southeast-1:123456789012:cluster:gacp-prod-x", {}),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:gacp/dev/app-x",
            {},
        ),
        ("ec2:RunInstances", "*", {"aws:RequestedRegion": "eu-central-1"}),
        ("organizations:ListAccounts", "*", {}),
        *(
            (
                "route53:ChangeResourceRecordSets",
                "arn:aws:route53:::hostedzone/Z1",
                {**PROOF, **wrong, "aws:RequestedRegion": "us-east-1"},
            )
            for wrong in (
                {f"{RECORD}NormalizedRecordNames": ["gacp.example.com"]},
                {f"{RECORD}NormalizedRecordNames": ["_acme-challenge.of-somebody.example"]},
                {f"{RECORD}RecordTypes": ["A"]},
            )
        ),
    ],
)
def test_a_role_with_every_right_is_still_refused(action, resource, context):
    assert not bounded(action, resource, **context)


def test_a_role_proves_the_domain():
    proof = {**PROOF, "aws:RequestedRegion": "us-east-1"}
    assert bounded("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", **proof)


def test_a_restored_copy_of_the_database_is_let_go():
    arn = "arn:aws:rds:ap-southeast-1:123456789012:cluster:awsbackup-restore-test-x"
    assert bounded("rds:DeleteDBCluster", arn)


def with_longest_names():
    """The stack whose policies are the longest."""
    return Scope(
        "123456789012",
        "ap-southeast-1",
        Names("staging"),
        "ap-northeast-1",
        f"{'a' * 63}.{'b' * 63}.example.com",
        "us-east-1",
    )


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MANAGED, INLINE, ATTACHED = 6144, 10240, 10


def test_every_policy_is_within_what_iam_takes():
    longest = with_longest_names()
    bucket = "b" * 63
    managed = {
        "boundary": limits.boundary_statements(longest),
        "pipeline-boundary": guards.pipeline_boundary(longest, bucket),
        **reading.read_statements(longest),
        **writing.write_statements(longest),
    }
    sizes = {name: len(policies.document(each)) for name, each in managed.items()}
    assert {name: size for name, size in sizes.items() if size > MANAGED} == {}
    assert len(policies.document(reading.writes_state(longest, bucket, "staging"))) <= INLINE
    assert len(managed) - 2 <= ATTACHED


def boundaries_of(graph):
    """Names of each role's boundaries, as far as they are policies of the graph."""
    return {
        each.name: [b.get("name") for b in graph.linked(each, "permissionsBoundary", t.POLICY)]
        for each in graph.of(t.ROLE)
    }


@pytest.mark.parametrize("cell", CELLS)
def test_every_role_of_every_stack_carries_the_boundary_of_its_stack(cell, graph_of):
    names = boundaries_of(graph_of_recording(graph_of(*cell)))
    assert all(found == [f"gacp-{cell[0]}-boundary"] for found in names.values()), names
    assert len(names) >= (0 if cell[0] == "local" else 3)


@pytest.mark.parametrize("compute", PROFILES)
def test_roles_of_the_pipeline_carry_one_of_their_own(compute):
    names = boundaries_of(production(compute))
    own = {name for name, found in names.items() if found == ["gacp-prod-pipeline-boundary"]}
    assert own == {"pipeline-deploy", "pipeline-preview"}


def test_a_role_without_a_boundary_is_not_made():
    raw = with_pipeline(stack_configuration("prod", "host"))
    with pytest.raises(ValueError, match=r"gacp-prod-x has no boundary"):
        make_role(
            "x",
            Stack.of(load_settings(raw)),
            RoleArgs("gacp-prod-x", "{}"),
            pulumi.ResourceOptions(),
        )


def makers_of_roles(source):
    """Lines that make a role themselves."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("iam.Role")
    ]


def test_roles_are_made_in_one_place():
    made = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / "infra").rglob("*.py"))
        if (lines := makers_of_roles(path.read_text(encoding="utf-8")))
    }
    assert list(made) == ["infra/identity/roles.py"]
    assert makers_of_roles("import pulumi_aws as aws\naws.iam.Role('x')\n") == [2]
