"""The control plane of EKS."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.compute import ClusterConfig
from infra.identity import policies
from infra.identity.roles import RoleArgs, make_role
from infra.observability.logs import LogGroup, LogGroupArgs
from infra.stack import Stack
from infra.tags import DataClass

CLUSTER_POLICY = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@dataclass(frozen=True, slots=True)
class ControlPlaneArgs:
    """`subnet_ids` are private ones of two zones or more; `key_arn` encrypts Kubernetes secrets."""

    config: ClusterConfig
    subnet_ids: list[pulumi.Output[str]]
    key_arn: pulumi.Output[str]
    logs_key_arn: pulumi.Output[str]
    log_retention_days: int


class ControlPlane(pulumi.ComponentResource):
    """EKS without a way in by default: private endpoint, access entries only, every log on.

    Children: its role with AWS's policy, the log group (EKS would make one that never ends and
    has no key), the cluster. It comes without add-ons of its own: `Addons` has pinned ones.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: ControlPlaneArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:cluster:ControlPlane", name, None, opts)
        child, known_as = stack.child_of(self), stack.names.of(name)
        trust = policies.document(policies.trust_of_service("eks.amazonaws.com", stack.account))
        described = "Control plane of the certification platform"
        role = make_role(
            f"{name}-role",
            stack,
            RoleArgs(f"{known_as}-control-plane", trust, described),
            child,
        )
        may_run = aws.iam.RolePolicyAttachment(
            f"{name}-role", role=role.name, policy_arn=CLUSTER_POLICY, opts=child
        )
        logs = LogGroup(
            f"{name}-logs",
            stack,
            LogGroupArgs(
                f"/aws/eks/{known_as}/cluster", args.logs_key_arn, args.log_retention_days
            ),
            child,
        )
        self._cluster = self._make(name, known_as, stack, args, role.arn, [may_run, logs])
        self.register_outputs({"clusterName": self._cluster.name})

    def _make(
        self,
        name: str,
        known_as: str,
        stack: Stack,
        args: ControlPlaneArgs,
        role_arn: pulumi.Output[str],
        first: list[pulumi.Resource],
    ) -> aws.eks.Cluster:
        public = list(args.config.public_cidrs)
        return aws.eks.Cluster(
            name,
            name=known_as,
            role_arn=role_arn,
            version=args.config.version,
            vpc_config={
                "subnet_ids": args.subnet_ids,
                "endpoint_private_access": True,
                "endpoint_public_access": bool(public),
                "public_access_cidrs": public or None,
            },
            access_config={
                "authentication_mode": "API",
                "bootstrap_cluster_creator_admin_permissions": False,
            },
            encryption_config={"provider": {"key_arn": args.key_arn}, "resources": ["secrets"]},
            enabled_cluster_log_types=list(LOG_TYPES),
            # Extended support costs six times as much, and is on unless it is declined.
            upgrade_policy={"support_type": "STANDARD"},
            bootstrap_self_managed_addons=False,
            deletion_protection=stack.safety.protect,
            tags=stack.tags.of(known_as, DataClass.INTERNAL),
            # The role must be able to act, and the log group be ours, before EKS looks for them.
            opts=pulumi.ResourceOptions.merge(
                stack.stateful_child_of(self), pulumi.ResourceOptions(depends_on=first)
            ),
        )

    @property
    def name(self) -> pulumi.Output[str]:
        return self._cluster.name

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._cluster.arn

    @property
    def endpoint(self) -> pulumi.Output[str]:
        return self._cluster.endpoint

    @property
    def certificate_authority(self) -> pulumi.Output[str]:
        """The authority's certificate, base64."""
        return self._cluster.certificate_authority.apply(lambda authority: authority.data or "")

    @property
    def group_id(self) -> pulumi.Output[str]:
        """The security group that EKS makes for control plane and nodes."""
        return self._cluster.vpc_config.apply(
            lambda network: network.cluster_security_group_id or ""
        )
