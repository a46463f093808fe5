"""Examples of the control of roles that jobs outside of AWS take."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from infra.identity import policies
from infra.policy import types as t
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import Edit, add, cut, put
from tests.infra.policy.example import Example, example, values
from tests.infra.policy.whole import ACCOUNT, REGION, res

BOUNDARY, ROLE = "Policy::pipeline-boundary", "Role::pipeline-deploy"
ALL_ROLES = f"arn:aws:iam::{ACCOUNT}:role/*"
KEYS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*"


def _bounds(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Edit:
    """The pipeline's boundary with other statements."""

    def edit(graph: Graph) -> Graph:
        (bound,) = (each for each in graph.of(t.POLICY) if each.name == "pipeline-boundary")
        listed = json.loads(bound.get("policy"))["Statement"]
        return put(BOUNDARY, "policy", policies.document(change(listed)))(graph)

    return edit


def changed(sid: str, **more: Any) -> Edit:
    return _bounds(lambda listed: [{**e, **more} if e["Sid"] == sid else e for e in listed])


def without(*sids: str) -> Edit:
    return _bounds(lambda listed: [each for each in listed if each["Sid"] not in sids])


def refusing_all_but(sid: str, action: str) -> Edit:
    def change(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        def kept(each: dict[str, Any]) -> list[str]:
            return [name for name in each["Action"] if name != action]

        return [{**each, "Action": kept(each)} if each["Sid"] == sid else each for each in listed]

    return _bounds(change)


def may(*actions: str, resource: str = "*", **condition: Any) -> Edit:
    """One policy more for the role that deploys."""
    statement = policies.allow("More", actions, [resource], condition or None)
    return add(
        res(
            t.ROLE_POLICY,
            "more",
            role="gacp-prod-pipeline-deploy",
            policy=policies.document([statement]),
            tags={},
        )
    )


EXAMPLES: dict[str, Example] = {
    "B21": example(
        *(t.ROLE, t.ROLE_POLICY, t.ATTACHMENT, t.POLICY, t.OIDC_PROVIDER),
        *(t.BUCKET, t.SECRET, t.KEY, t.DATABASE, t.VAULT),
        red={
            **{
                f"without {sid}": without(sid) for sid in ("OwnRightsStay", "NoValues", "NoObjects")
            },
            **{
                f"may {action}": refusing_all_but("DataStays", action)
                for action in (
                    *("s3:DeleteBucket", "s3:BypassGovernanceRetention", "rds:DeleteDBCluster"),
                    *("secretsmanager:DeleteSecret", "backup:DeleteRecoveryPoint"),
                )
            },
            "parameters of anybody": changed("Releases", Resource=["*"]),
            "parameters of anybody, as names of images": changed("NamesOfImages", Resource=["*"]),
            "regions of anybody": changed("ServicesOfTheProgram", Condition={}),
            "associations of others": may(
                "ssm:UpdateAssociation", resource=f"arn:aws:ssm:{REGION}:{ACCOUNT}:association/*"
            ),
            "machines of others run it": may(
                "ssm:CreateAssociation", resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/*"
            ),
            "opens every key": may("kms:Decrypt", resource=KEYS),
            "no boundary": cut(ROLE, "permissionsBoundary"),
            **values(BOUNDARY, "policy", "{"),
            "a condition that nobody can judge": may(
                "kms:Decrypt", resource=KEYS, NumericLessThan={"aws:x": "1"}
            ),
            "a policy that can't be read": put("RolePolicy::pipeline-s3", "policy", UNKNOWN),
            "machines of others": may(
                "ec2:TerminateInstances", resource="arn:aws:ec2:ap-southeast-1:123456789012:*"
            ),
            "networks without a tag": may(
                "ec2:Delete*", StringEquals={"aws:RequestedRegion": REGION}
            ),
            "another domain": may("route53:*", resource="arn:aws:route53:::hostedzone/*"),
            "roles to any service": may(
                "iam:PassRole", resource=f"arn:aws:iam::{ACCOUNT}:role/host-role"
            ),
            "any service's role": may("iam:CreateServiceLinkedRole", resource=ALL_ROLES),
            "buckets of others": may("s3:PutBucketPolicy", resource="arn:aws:s3:::*"),
            "roles without boundary": may(
                "iam:CreateRole", resource=f"arn:aws:iam::{ACCOUNT}:role/*-role"
            ),
        },
        green={
            "keys through a service": may(
                "kms:Decrypt",
                resource=KEYS,
                StringEquals={"kms:ViaService": f"rds.{REGION}.amazonaws.com"},
            ),
            "a pod's role reads its secret": add(
                res(
                    t.ROLE_POLICY,
                    "irsa",
                    role="irsa-role",
                    policy=policies.document(
                        [policies.allow("Read", ["secretsmanager:GetSecretValue"], ["*"])]
                    ),
                    tags={},
                )
            ),
        },
    ),
}
