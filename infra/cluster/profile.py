"""Compute profile `cluster`: EKS and everything that its pods are and need on AWS."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.cluster.access import Access, AccessArgs
from infra.cluster.addons import Addons, AddonsArgs, PodIdentity
from infra.cluster.control_plane import ControlPlane, ControlPlaneArgs
from infra.cluster.karpenter import Karpenter, KarpenterArgs
from infra.cluster.kubeconfig import kubeconfig
from infra.cluster.nodes import AWS_POLICY, Nodes, NodesArgs
from infra.cluster.pod_role import PodRole, PodRoleArgs
from infra.cluster.pods import Pods, PodsArgs
from infra.cluster.versions import BEFORE_NODES, EBS_CSI, ON_NODES, VERSIONS, VPC_CNI
from infra.config.settings import Settings
from infra.edge.balancer import Balancer, BalancerArgs
from infra.identity import policies
from infra.identity.workloads import WorkloadAccess
from infra.keys.key import Key, KeyArgs
from infra.network.network import Network
from infra.stack import Stack
from infra.storage.bucket import Bucket


@dataclass(frozen=True, slots=True)
class ClusterProfileArgs:
    settings: Settings
    network: Network
    logs_key_arn: pulumi.Output[str]
    access: pulumi.Output[WorkloadAccess]
    certificate_arn: pulumi.Output[str]
    logs: Bucket


class ClusterProfile(pulumi.ComponentResource):
    """The cluster.

    Children: its `Key` (Kubernetes secrets and node disks), `ControlPlane`, `Access`, the roles of
    two add-ons, `Addons` that nodes need, `Nodes`, `Addons` that need nodes, `Balancer`, `Pods`,
    and `Karpenter` where the cluster may burst.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: ClusterProfileArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:cluster:ClusterProfile", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._config = args.settings.stack.compute.cluster
        self._child = stack.child_of(self)
        self._key = Key(
            f"{name}-key",
            stack,
            KeyArgs("Cluster: secrets and disks", policies.key_for_node_disks(stack.account)),
            self._child,
        )
        self._plane = ControlPlane(
            name,
            stack,
            ControlPlaneArgs(
                config=self._config,
                subnet_ids=args.network.private_subnet_ids,
                key_arn=self._key.arn,
                logs_key_arn=args.logs_key_arn,
                log_retention_days=args.settings.stack.logs.retention_days,
            ),
            self._child,
        )
        self._admins = Access(
            f"{name}-access",
            stack,
            AccessArgs(self._plane.name, self._config.admin_roles),
            self._child,
        )
        self._nodes = self._make_nodes()
        self._balancer = self._make_balancer()
        self._make_pods()
        self._karpenter = self._make_karpenter() if self._config.burst else None
        self.register_outputs({})

    @property
    def balancer(self) -> Balancer:
        return self._balancer

    @property
    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """What this profile puts out beside the rest (`infra.outputs.CLUSTER_OUTPUTS`)."""
        plane = self._plane
        file = pulumi.Output.all(plane.name, plane.endpoint, plane.certificate_authority).apply(
            lambda known: kubeconfig(*known, region=self._stack.region)
        )
        return {
            "clusterName": plane.name,
            "clusterAdminRoleArn": self._admins.admin_role_arn,
            "kubeconfig": pulumi.Output.secret(file),
            "nodeSubnetIds": pulumi.Output.all(*self._args.network.private_subnet_ids),
            "nodeGroupIds": pulumi.Output.all(*self._group_ids()),
            "targetGroupWebArn": self._balancer.web.arn,
            "targetGroupRedirectArn": self._balancer.redirect.arn,
            "burstQueue": self._karpenter.queue_name if self._karpenter else "",
            "burstInstanceProfile": (
                self._karpenter.instance_profile_name if self._karpenter else ""
            ),
        }

    def _group_ids(self) -> list[pulumi.Output[str]]:
        return [self._plane.group_id, self._args.network.workloads_group_id]

    def _make_nodes(self) -> Nodes:
        version = VERSIONS[self._config.version]
        network = Addons(
            f"{self._name}-network-addons",
            self._stack,
            AddonsArgs(
                cluster_name=self._plane.name,
                version=version,
                names=BEFORE_NODES,
                settings={VPC_CNI: {"enableNetworkPolicy": "true"}},
                identities={VPC_CNI: self._identity("cni", "aws-node", "AmazonEKS_CNI_Policy")},
            ),
            self._child,
        )
        nodes = Nodes(
            f"{self._name}-nodes",
            self._stack,
            NodesArgs(
                config=self._config,
                cluster_name=self._plane.name,
                subnet_ids=self._args.network.private_subnet_ids,
                group_ids=self._group_ids(),
                key_arn=self._key.arn,
                first=network.addons,
            ),
            self._child,
        )
        disks = self._identity(
            "disks", "ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"
        )
        Addons(
            f"{self._name}-addons",
            self._stack,
            AddonsArgs(
                cluster_name=self._plane.name,
                version=version,
                names=ON_NODES,
                identities={EBS_CSI: disks},
                first=[nodes.group],
            ),
            self._child,
        )
        return nodes

    def _identity(self, slot: str, service_account: str, aws_policy: str) -> PodIdentity:
        role = PodRole(
            f"{self._name}-{slot}",
            self._stack,
            PodRoleArgs(
                cluster_name=self._plane.name,
                cluster_arn=self._plane.arn,
                namespace="kube-system",
                service_account=service_account,
                description=f"Add-on of the certification platform's cluster: {service_account}",
                aws_policy=AWS_POLICY.format(aws_policy),
                associate=False,
            ),
            self._child,
        )
        return PodIdentity(service_account, role.arn)

    def _make_balancer(self) -> Balancer:
        network = self._args.network
        return Balancer(
            "balancer",
            self._stack,
            BalancerArgs(
                vpc_id=network.vpc_id,
                subnet_ids=network.public_subnet_ids,
                workloads_group_id=network.workloads_group_id,
                certificate_arn=self._args.certificate_arn,
                log_bucket=self._args.logs.bucket,
                first=[network, self._args.logs],
                behind_cdn=self._args.settings.stack.edge.cdn.enabled,
            ),
            self._child,
        )

    def _make_pods(self) -> None:
        Pods(
            "pods",
            self._stack,
            PodsArgs(
                cluster_name=self._plane.name,
                cluster_arn=self._plane.arn,
                access=self._args.access,
                target_group_arns=(self._balancer.web.arn, self._balancer.redirect.arn),
            ),
            self._child,
        )

    def _make_karpenter(self) -> Karpenter:
        return Karpenter(
            f"{self._name}-burst",
            self._stack,
            KarpenterArgs(
                cluster_name=self._plane.name,
                cluster_arn=self._plane.arn,
                node_role_name=self._nodes.role_name,
                node_role_arn=self._nodes.role_arn,
                key_arn=self._key.arn,
            ),
            self._child,
        )
