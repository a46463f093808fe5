"""Who a pod is on AWS."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.identity import policies
from infra.identity.roles import RoleArgs, make_role
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class PodRoleArgs:
    """Pods of `namespace` with `service_account` may do what `statements` say, and what the
    managed policy `aws_policy` (its ARN) says, where one is given.

    `associate` is false for add-ons: they name the role themselves.
    """

    cluster_name: pulumi.Output[str]
    cluster_arn: pulumi.Output[str]
    namespace: str
    service_account: str
    description: str
    statements: pulumi.Input[tuple[policies.Statement, ...]] = ()
    aws_policy: str = ""
    associate: bool = True


class PodRole(pulumi.ComponentResource):
    """A role for pods by EKS pod identity: no keys, no annotations, nobody else's pods.

    Children: the role, its policy or the attachment of AWS's, the association.
    """

    def __init__(
        self, name: str, stack: Stack, args: PodRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:cluster:PodRole", name, None, opts)
        child, known_as = stack.child_of(self), stack.names.of(name)
        trust = args.cluster_arn.apply(
            lambda arn: policies.document(policies.trust_of_pods(arn, stack.account))
        )
        role = make_role(name, stack, RoleArgs(known_as, trust, args.description), child)
        if args.aws_policy:
            aws.iam.RolePolicyAttachment(
                name, role=role.name, policy_arn=args.aws_policy, opts=child
            )
        if args.statements:
            aws.iam.RolePolicy(
                name,
                role=role.name,
                policy=pulumi.Output.from_input(args.statements).apply(policies.document),
                opts=child,
            )
        if args.associate:
            aws.eks.PodIdentityAssociation(
                name,
                cluster_name=args.cluster_name,
                namespace=args.namespace,
                service_account=args.service_account,
                role_arn=role.arn,
                tags=stack.tags.of(known_as),
                opts=child,
            )
        self._role = role
        self.register_outputs({"roleArn": role.arn})

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._role.arn

    @property
    def role_name(self) -> pulumi.Output[str]:
        return self._role.name
