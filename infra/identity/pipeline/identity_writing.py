"""What a deployment may do to roles: make bounded ones, and hand those out."""

from __future__ import annotations

from infra.identity.pipeline.needs import all_of
from infra.identity.pipeline.table import TYPES
from infra.identity.policies import Statement, allow
from infra.identity.scope import Scope

# What a role gets must be got under the boundary; taking away is always right.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
BOUNDED = (
    *("iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary"),
    "iam:PutRolePolicy",
)
# Services that take roles of ours.
TAKERS = (
    *("backup", "ec2", "eks", "pods.eks", "s3", "vpc-flow-logs"),
    *("autoscaling", "events", "scheduler"),
)
# Services that make a role of their own with the account's first thing of theirs.
LINKED = (
    *("autoscaling", "backup", "eks", "eks-nodegroup", "elasticache", "elasticloadbalancing"),
    *("rds", "spot", "wafv2"),
)


def identity_statements(scope: Scope) -> tuple[Statement, ...]:
    """Roles, their policies and profiles."""
    roles = scope.worldwide("iam", f"role/{scope.prefix}*")
    writes = [a for a in all_of(TYPES, "writes") if a.startswith("iam:") and a not in BOUNDED]
    of_profiles = [a for a in writes if "InstanceProfile" in a]
    of_roles = [a for a in writes if a not in of_profiles]
    return (
        allow(
            "GiveWithinBoundary",
            BOUNDED,
            roles,
            {"StringEquals": {"iam:PermissionsBoundary": scope.boundary_arn()}},
        ),
        allow("ChangeRoles", of_roles, roles),
        allow("Profiles", of_profiles, scope.worldwide("iam", f"instance-profile/{scope.prefix}*")),
        allow(
            "HandRolesOut",
            ["iam:PassRole"],
            roles,
            {"StringEquals": {"iam:PassedToService": [f"{s}.amazonaws.com" for s in TAKERS]}},
        ),
        allow(
            "LetServicesHaveTheirs",
            ["iam:CreateServiceLinkedRole"],
            scope.worldwide("iam", "role/aws-service-role/*"),
            {"StringEquals": {"iam:AWSServiceName": [f"{s}.amazonaws.com" for s in LINKED]}},
        ),
    )
