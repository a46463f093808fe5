"""Examples of the control of boundaries."""

from __future__ import annotations

import json
from typing import Any

from infra.identity import policies
from infra.policy import types as t
from infra.policy.graph import Graph
from tests.infra.policy.editing import Edit, add, cut, drop, put
from tests.infra.policy.example import Example, example, values
from tests.infra.policy.whole import ACCOUNT, REGION, _role, res

BOUNDARY, HOST = "Policy::boundary", "Role::host"
STRANGE = f"arn:aws:iam::{ACCOUNT}:policy/of-somebody"


def changed(sid: str, **more: Any) -> Edit:
    """The boundary with another statement of that name; without it where there is nothing more."""

    def edit(graph: Graph) -> Graph:
        (bound,) = (each for each in graph.of(t.POLICY) if each.name == "boundary")
        listed = json.loads(bound.get("policy"))["Statement"]
        assert any(each["Sid"] == sid for each in listed), sid
        kept = [
            {**each, **more} if each["Sid"] == sid else each
            for each in listed
            if more or each["Sid"] != sid
        ]
        return put(BOUNDARY, "policy", policies.document(kept))(graph)

    return edit


def bounds(*actions: str, **more: object) -> Edit:
    statement = {**policies.allow("All", actions, ["*"]), **more}
    return put(BOUNDARY, "policy", policies.document([statement]))


def but(*actions: str, resource: str = "*", **more: object) -> Edit:
    statements = [
        policies.allow("All", ["iam:*", "sts:*"], ["*"]),
        {**policies.deny("But", actions, [resource]), **more},
    ]
    return put(BOUNDARY, "policy", policies.document(statements))


HERE = {"StringEquals": {"aws:RequestedRegion": [REGION, "us-east-1"]}}
_ESCAPES = ("iam:Create*", "iam:Delete*", "iam:PassRole", "sts:*")

EXAMPLES: dict[str, Example] = {
    "B20": example(
        *(t.ROLE, t.POLICY, t.ATTACHMENT, t.OIDC_PROVIDER, t.BUCKET, t.DATABASE),
        red={
            **values(HOST, "permissionsBoundary", "", STRANGE),
            "a pod's role without": cut("Role::api", "permissionsBoundary"),
            "the policy is gone": drop(BOUNDARY),
            "a new role without": add(res(t.ROLE, "new", name="new", assumeRolePolicy="{}")),
            **values(BOUNDARY, "policy", "{", "{}"),
            "everything": bounds("*"),
            "all of IAM": bounds("iam:*"),
            "users": bounds("iam:CreateUser"),
            "keys of users, by pattern": bounds("iam:CreateAccess*"),
            "another boundary": bounds("s3:*", "iam:CreatePolicyVersion"),
            "none": bounds("IAM:DeleteRolePermissionsBoundary"),
            "other roles": bounds("sts:AssumeRole"),
            "all but": bounds(NotAction=["iam:*"]),
            "refused for one alone": but(*_ESCAPES, resource="arn:aws:iam::123456789012:role/x"),
            "refused at times": but(*_ESCAPES, Condition={"Bool": {"aws:ViaAWSService": "true"}}),
            "refused in part": but("iam:*"),
            "a service everywhere": bounds("ec2:*"),
            "any domain": bounds("route53:*", Condition=HERE),
            "anybody's buckets": changed("OurBuckets", Resource=["*"]),
            "anybody's secrets": changed("OurSecrets", Resource="*"),
            "anybody's roles": changed("OurRoles", Resource="*"),
            "roles to any service": changed("OurRoles", Condition={}),
            "the end of the database": changed("DatabaseStays"),
            "locks are lifted": changed("LocksStay"),
            "a condition that nobody can judge": changed(
                "OurRoles", Condition={"NumericLessThan": {"aws:x": "1"}}
            ),
        },
        green={
            "refused everywhere": but(*_ESCAPES),
            "a new role with it": add(_role("new", "{}")),
            "a service here": bounds("ec2:*", Condition=HERE),
            "one bucket alone": changed("OurBuckets", Resource="arn:aws:s3:::documents/*"),
            "roles to no service yet": changed("OurRoles"),
        },
    ),
}
