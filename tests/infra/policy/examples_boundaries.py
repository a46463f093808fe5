"""Examples of the control of boundaries."""

from __future__ import annotations

from infra.identity import policies
from infra.policy import types as t
from tests.infra.policy.editing import Edit, add, cut, drop, put
from tests.infra.policy.example import Example, example, values
from tests.infra.policy.whole import ACCOUNT, _role, res

BOUNDARY, HOST = "Policy::boundary", "Role::host"
STRANGE = f"arn:aws:iam::{ACCOUNT}:policy/of-somebody"


def bounds(*actions: str, **more: object) -> Edit:
    statement = {**policies.allow("All", actions, ["*"]), **more}
    return put(BOUNDARY, "policy", policies.document([statement]))


def but(*actions: str, resource: str = "*", **more: object) -> Edit:
    statements = [
        policies.allow("All", ["iam:*", "sts:*"], ["*"]),
        {**policies.deny("But", actions, [resource]), **more},
    ]
    return put(BOUNDARY, "policy", policies.document(statements))


_ESCAPES = ("iam:Create*", "iam:Delete*", "sts:*")

EXAMPLES: dict[str, Example] = {
    "B20": example(
        *(t.ROLE, t.POLICY, t.ATTACHMENT),
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
        },
        green={
            "refused everywhere": but(*_ESCAPES),
            "a new role with it": add(_role("new", "{}")),
            "a service": bounds("ec2:*"),
        },
    ),
}
