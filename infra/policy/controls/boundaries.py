"""Boundaries: what roles may at most do, whatever is attached to them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from infra.policy import types
from infra.policy.claims import actions_of, fault, is_derived, statements, texts, wrong
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
    "nor users, keys, other roles or another boundary",
    "AWS Well-Architected SEC03-BP05; IAM user guide, permissions boundaries",
    Severity.HIGH,
    (types.ROLE,),
)
def bounded_roles(graph: Graph, _: Profile) -> Iterator[Finding]:
    named: dict[str, Resource] = {}
    for role in graph.of(types.ROLE):
        boundaries = graph.linked(role, "permissionsBoundary", types.POLICY)
        if not boundaries:
            rule = "must be a policy of this stack"
            yield wrong(role, "permissionsBoundary", rule, "make it by infra/identity/roles.py")
        named |= {each.urn: each for each in boundaries}
    for policy in named.values():
        if not is_derived(graph, policy, "policy"):
            yield from _bounds(policy)


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


def _covers(patterns: list[str], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
