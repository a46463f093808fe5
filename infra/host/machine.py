"""The machine of profile `host`."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.compute import ComputeConfig
from infra.edge.openings import edge_openings
from infra.launching import metadata_service, root_disk, tagged
from infra.network.ports import ANYWHERE, HTTP
from infra.network.rules import Group, GroupArgs, Opening
from infra.stack import Stack
from infra.tags import DataClass

ROOT_DEVICE = "/dev/sda1"  # of Ubuntu's images


@dataclass(frozen=True, slots=True)
class MachineArgs:
    """`user_data` is the script of the first start; a new text makes a new machine. `behind_cdn`
    lets nobody in but CloudFront."""

    config: ComputeConfig
    vpc_id: pulumi.Output[str]
    subnet_id: pulumi.Output[str]
    workloads_group_id: pulumi.Output[str]
    instance_profile_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    user_data: pulumi.Output[str]
    behind_cdn: bool = False


class Machine(pulumi.ComponentResource):
    """One machine with an address of its own, reached by people through Session Manager alone.

    Children: the edge's security group (`edge_openings`), launch template, instance, address and
    its association. It holds no data, so it may be replaced: the new machine is
    there before the address moves to it and the old one goes.
    """

    def __init__(
        self, name: str, stack: Stack, args: MachineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:host:Machine", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._tags = stack.tags.of(stack.names.of(name), DataClass.INTERNAL)
        self._child = stack.child_of(self)
        template = self._make_template(self._make_edge_group())
        instance = aws.ec2.Instance(
            name,
            launch_template={
                "id": template.id,
                "version": template.latest_version.apply(lambda version: str(int(version))),
            },
            subnet_id=args.subnet_id,
            # Termination is refused to people and scripts; a replacement by this program passes.
            disable_api_termination=True,
            force_destroy=True,
            tags=self._tags,
            opts=self._child,
        )
        address = aws.ec2.Eip(name, domain="vpc", tags=self._tags, opts=self._child)
        aws.ec2.EipAssociation(
            name,
            allocation_id=address.allocation_id,
            instance_id=instance.id,
            allow_reassociation=True,
            opts=self._child,
        )
        self._instance, self._address = instance, address
        self.register_outputs({"instanceId": instance.id, "address": address.public_ip})

    @property
    def instance_id(self) -> pulumi.Output[str]:
        return self._instance.id

    @property
    def address(self) -> pulumi.Output[str]:
        return self._address.public_ip

    def _make_edge_group(self) -> Group:
        return Group(
            "edge",
            self._stack,
            GroupArgs(
                vpc_id=self._args.vpc_id,
                description="Edge of the certification platform",
                ingress=edge_openings(
                    "Redirect to HTTPS, and ACME", behind_cdn=self._args.behind_cdn
                ),
                # Packages of the first start come over plain HTTP, signed.
                egress=(Opening("http", HTTP, "Signed operating system packages", cidr=ANYWHERE),),
            ),
            self._child,
        )

    def _make_template(self, edge: Group) -> aws.ec2.LaunchTemplate:
        config = self._args.config
        return aws.ec2.LaunchTemplate(
            self._name,
            image_id=config.machine_image,
            instance_type=config.instance_type,
            update_default_version=True,
            iam_instance_profile={"arn": self._args.instance_profile_arn},
            vpc_security_group_ids=[edge.group_id, self._args.workloads_group_id],
            # Two hops: containers on the bridge fetch the role's credentials there.
            metadata_options=metadata_service(hops=2),
            monitoring={"enabled": True},
            block_device_mappings=root_disk(ROOT_DEVICE, self._args.key_arn, config.volume_gib),
            tag_specifications=tagged(self._tags, "instance", "volume"),
            user_data=self._args.user_data.apply(
                lambda script: base64.b64encode(script.encode()).decode()
            ),
            tags=self._tags,
            opts=self._child,
        )
