"""Boundaries: what roles may at most do, whatever is attached to them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from infra.policy import iam, types
from infra.policy.claims import actions_of, fault, is_derived, statements, texts, wrong
from infra.policy.controls.pipeline import (
    GLOBAL_REGION,
    STRANGE,
    account_in,
    is_taken_from_outside,
)
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, control

# Rights over rights: with one of these a role widens itself, or takes another.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
ESCAPES = (
    *("iam:CreatePolicyVersion", "iam:DeleteRolePermissionsBoundary", "iam:CreateUser"),
    *("iam:CreateAccessKey", "sts:AssumeRole"),
)


@control(
    "B20",
    "Every role has a boundary that bounds it",
    "iam.Role permissionsBoundary is an iam.Policy of the stack, which allows neither every action "
    "nor users, keys, other roles or another boundary; and for roles of AWS's services and pods no "
    "bucket, secret, role, region or domain of another stack, no role for a service that runs "
    "nothing here, no end of a database or of an object lock",
    "AWS Well-Architected SEC03-BP05; IAM user guide, permissions boundaries",
    Severity.HIGH,
    (types.ROLE,),
)
def bounded_roles(graph: Graph, profile: Profile) -> Iterator[Finding]:
    named: dict[str, Resource] = {}
    inside: set[str] = set()
    for role in graph.of(types.ROLE):
        boundaries = graph.linked(role, "permissionsBoundary", types.POLICY)
        if not boundaries:
            rule = "must be a policy of this stack"
            yield wrong(role, "permissionsBoundary", rule, "make it by infra/identity/roles.py")
        named |= {each.urn: each for each in boundaries}
        if not is_taken_from_outside(graph, role):
            inside |= {each.urn for each in boundaries}
    for policy in named.values():
        if is_derived(graph, policy, "policy"):
            continue
        yield from _bounds(policy)
        if policy.urn in inside:
            yield from _keeps_to_itself(graph, policy, profile)


def is_boundary_alone(graph: Graph, policy: Resource) -> bool:
    """Whether a policy bounds roles and is attached to none: it then gives nothing.

    In a stack without roles there is none yet that it could bound.
    """
    attached = graph.users(policy, "policyArn", types.ATTACHMENT) or graph.users(
        policy, "managedPolicyArns", types.ROLE
    )
    bounds = graph.users(policy, "permissionsBoundary", types.ROLE)
    return not attached and (bool(bounds) or not graph.of(types.ROLE))


def _bounds(policy: Resource) -> Iterator[Finding]:
    listed = statements(policy.get("policy"))
    if not listed:
        yield wrong(policy, "policy", "must be a policy that can be read", "see its JSON")
        return
    # Denied everywhere and without a condition, whatever another statement allows.
    refused = [
        action
        for each in listed
        if each.get("Effect") == "Deny"
        and "*" in texts(each.get("Resource"))
        and not each.get("Condition")
        for action in actions_of(each)
    ]
    for each in listed:
        if each.get("Effect") != "Allow":
            continue
        sid = each.get("Sid", "without Sid")
        if "NotAction" in each:
            yield fault(policy, f"must say what it allows ({sid})", "list the actions")
        for escape in ESCAPES:
            if _covers(actions_of(each), escape) and not _covers(refused, escape):
                yield fault(policy, f"must not allow {escape} ({sid})", "narrow its actions")


def _keeps_to_itself(graph: Graph, policy: Resource, profile: Profile) -> Iterator[Finding]:
    """The boundary judged as IAM would, for a role that has every right there is."""
    limits = statements(policy.get("policy")) or []
    for request in _attempts(graph, profile, account_in(limits)):
        try:
            allowed = iam.is_allowed(request, limits)
        except iam.UnknownOperatorError as error:
            yield fault(policy, f"must be judged, and {error}", "use a plain condition")
            return
        if allowed:
            rule = f"must not allow {request.action} on {request.resource}"
            yield fault(policy, rule, "narrow its resources: infra/identity/limits.py")


def _attempts(graph: Graph, profile: Profile, account: str) -> Iterator[iam.Request]:
    """What has nobody's name here, and what a role of the stack must not end."""
    here: dict[str, Any] = {"aws:RequestedRegion": profile.region}
    for action in ("GetObject", "PutObject"):
        yield iam.Request(f"s3:{action}", f"arn:aws:s3:::{STRANGE}/x", here)
    near = f"{profile.region}:{account}"
    for action in ("GetSecretValue", "PutSecretValue"):
        secret = f"arn:aws:secretsmanager:{near}:secret:{STRANGE}-abcdef"
        yield iam.Request(f"secretsmanager:{action}", secret, here)
    passes = "iam:PassRole"
    there, theirs = {"aws:RequestedRegion": GLOBAL_REGION}, f"arn:aws:iam::{account}:role/{STRANGE}"
    yield iam.Request(passes, theirs, {**there, "iam:PassedToService": "ec2.amazonaws.com"})
    for role in graph.of(types.ROLE):
        arn = f"arn:aws:iam::{account}:role/{role.get('name')}"
        yield iam.Request(passes, arn, {**there, "iam:PassedToService": "lambda.amazonaws.com"})
    for bucket in graph.of(types.BUCKET):
        arn = f"arn:aws:s3:::{bucket.get('bucket')}/x"
        for action in ("BypassGovernanceRetention", "PutObjectRetention"):
            yield iam.Request(f"s3:{action}", arn, here)
    yield iam.Request("ec2:RunInstances", "*", {"aws:RequestedRegion": STRANGE})
    records = "route53:ChangeResourceRecordSets"
    of_others = {**there, f"{records}NormalizedRecordNames": [f"{STRANGE}.example"]}
    yield iam.Request(records, "arn:aws:route53:::hostedzone/x", of_others)
    for database in graph.of(types.DATABASE):
        arn = f"arn:aws:rds:{near}:cluster:{database.get('clusterIdentifier')}"
        yield iam.Request("rds:DeleteDBCluster", arn, here)


def _covers(patterns: list[str], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
