"""People who administer the cluster."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.identity import policies
from infra.identity.roles import RoleArgs, make_role
from infra.stack import Stack

ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
SESSION_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class AccessArgs:
    """`admin_roles` are ARNs of roles that exist already."""

    cluster_name: pulumi.Output[str]
    admin_roles: tuple[str, ...]


class Access(pulumi.ComponentResource):
    """Access entries; nobody else gets in, not even who made the cluster.

    Children: a role for administrators of the account (MFA wanted, an hour at a time), and for it
    and every configured role an access entry with EKS's administrator policy.
    """

    def __init__(
        self, name: str, stack: Stack, args: AccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:cluster:Access", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        role_name = f"{name}-admin"
        role = make_role(
            role_name,
            stack,
            RoleArgs(
                stack.names.of(role_name),
                policies.document(policies.trust_of_people(stack.account)),
                "Administrators of the certification platform's cluster",
                SESSION_SECONDS,
            ),
            stack.child_of(self),
        )
        self._enter(role_name, role.arn)
        for arn in args.admin_roles:
            self._enter(f"{name}-{arn.rpartition('/')[2]}", arn)
        self._role = role
        self.register_outputs({"adminRoleArn": role.arn})

    @property
    def admin_role_arn(self) -> pulumi.Output[str]:
        return self._role.arn

    def _enter(self, name: str, arn: pulumi.Input[str]) -> None:
        child = self._stack.child_of(self)
        entry = aws.eks.AccessEntry(
            name,
            cluster_name=self._args.cluster_name,
            principal_arn=arn,
            tags=self._stack.tags.of(self._stack.names.of(name)),
            opts=child,
        )
        aws.eks.AccessPolicyAssociation(
            name,
            cluster_name=self._args.cluster_name,
            principal_arn=entry.principal_arn,
            policy_arn=ADMIN_POLICY,
            access_scope={"type": "cluster"},
            opts=child,
        )
