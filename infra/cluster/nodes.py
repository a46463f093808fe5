"""Nodes that are always there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.compute import ClusterConfig
from infra.identity import policies
from infra.identity.roles import RoleArgs, make_role
from infra.launching import metadata_service, root_disk, tagged
from infra.stack import Stack
from infra.tags import DataClass

AWS_POLICY = "arn:aws:iam::aws:policy/{}"
# Nothing of the application: its pods have roles of their own. The CNI has one, too.
NODE_POLICIES = {
    "worker": "AmazonEKSWorkerNodePolicy",
    "images": "AmazonEC2ContainerRegistryPullOnly",
    "ssm": "AmazonSSMManagedInstanceCore",
}
IMAGE_TYPE = "AL2023_ARM_64_STANDARD"
ROOT_DEVICE = "/dev/xvda"  # of Amazon Linux 2023
UNAVAILABLE_PERCENT = 33  # of the nodes, while they are replaced by newer ones


@dataclass(frozen=True, slots=True)
class NodesArgs:
    """`first` are the add-ons that a node needs to become ready."""

    config: ClusterConfig
    cluster_name: pulumi.Output[str]
    subnet_ids: list[pulumi.Output[str]]
    group_ids: list[pulumi.Output[str]]
    key_arn: pulumi.Output[str]
    first: Sequence[pulumi.Resource]


class Nodes(pulumi.ComponentResource):
    """A managed node group over all zones.

    Children: the nodes' role with AWS's policies, a launch template (IMDSv2 one hop away, so that
    pods can't take the node's credentials; encrypted disk), the node group. How many nodes there
    are is the autoscaler's business after creation.
    """

    def __init__(
        self, name: str, stack: Stack, args: NodesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:cluster:Nodes", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._child = stack.child_of(self)
        self._known_as = stack.names.of(name)
        trust = policies.document(policies.trust_of_service("ec2.amazonaws.com"))
        described = "Nodes of the certification platform"
        role = make_role(name, stack, RoleArgs(self._known_as, trust, described), self._child)
        may_run = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{slot}",
                role=role.name,
                policy_arn=AWS_POLICY.format(policy),
                opts=self._child,
            )
            for slot, policy in NODE_POLICIES.items()
        ]
        self._role = role
        template = self._make_template()
        self.group = self._make_group(template, [*may_run, *args.first])
        self.register_outputs({})

    @property
    def role_arn(self) -> pulumi.Output[str]:
        return self._role.arn

    @property
    def role_name(self) -> pulumi.Output[str]:
        return self._role.name

    def _make_template(self) -> aws.ec2.LaunchTemplate:
        tags = self._stack.tags.of(self._known_as, DataClass.INTERNAL)
        return aws.ec2.LaunchTemplate(
            self._name,
            update_default_version=True,
            vpc_security_group_ids=self._args.group_ids,
            metadata_options=metadata_service(hops=1),
            monitoring={"enabled": True},
            block_device_mappings=root_disk(
                ROOT_DEVICE, self._args.key_arn, self._args.config.node_volume_gib
            ),
            tag_specifications=tagged(tags, "instance", "volume", "network-interface"),
            tags=tags,
            opts=self._child,
        )

    def _make_group(
        self, template: aws.ec2.LaunchTemplate, first: list[pulumi.Resource]
    ) -> aws.eks.NodeGroup:
        config = self._args.config
        return aws.eks.NodeGroup(
            self._name,
            cluster_name=self._args.cluster_name,
            node_group_name_prefix=f"{self._known_as}-",
            node_role_arn=self._role.arn,
            subnet_ids=self._args.subnet_ids,
            ami_type=IMAGE_TYPE,
            instance_types=[config.node_type],
            launch_template={
                "id": template.id,
                "version": template.latest_version.apply(lambda version: str(int(version))),
            },
            scaling_config={
                "min_size": config.nodes_min,
                "max_size": config.nodes_max,
                "desired_size": config.nodes_min,
            },
            update_config={"max_unavailable_percentage": UNAVAILABLE_PERCENT},
            node_repair_config={"enabled": True},
            labels={"gacp/role": "base"},
            tags=self._stack.tags.of(self._known_as, DataClass.INTERNAL),
            # Nodes join with the role's rights and the network add-ons; neither is an input.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=first,
                ignore_changes=["scalingConfig.desiredSize"],
            ),
        )
