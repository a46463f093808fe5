"""What outlives the one machine of a stack of profile `host`."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.edge.openings import edge_openings
from infra.network.ports import ANYWHERE, HTTP
from infra.network.rules import Group, GroupArgs, Opening
from infra.stack import Stack
from infra.tags import DataClass


@dataclass(frozen=True, slots=True)
class MachineArgs:
    """`zone` is a full zone name; the machine has to be there, since its volume is. `behind_cdn`
    lets nobody in but CloudFront."""

    vpc_id: pulumi.Output[str]
    zone: str
    key_arn: pulumi.Output[str]
    data_volume_gib: int
    behind_cdn: bool = False


class Machine(pulumi.ComponentResource):
    """The place of one machine: whatever stands there claims the address and the data volume.

    Children: the edge's security group (`edge_openings`), the address, the data volume. The machine
    itself is the group's (`MachineGroup`), so it may die at any time.
    """

    def __init__(
        self, name: str, stack: Stack, args: MachineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:host:Machine", name, None, opts)
        child = stack.child_of(self)
        self._edge = Group(
            "edge",
            stack,
            GroupArgs(
                vpc_id=args.vpc_id,
                description="Edge of the certification platform",
                ingress=edge_openings("Redirect to HTTPS, and ACME", behind_cdn=args.behind_cdn),
                egress=(packages(),),
            ),
            child,
        )
        self.address = aws.ec2.Eip(
            name,
            domain="vpc",
            tags=stack.tags.of(stack.names.of(name), DataClass.INTERNAL),
            opts=child,
        )
        volume = f"{name}-data"
        self.volume = aws.ebs.Volume(
            volume,
            availability_zone=args.zone,
            size=args.data_volume_gib,
            type="gp3",
            encrypted=True,
            kms_key_id=args.key_arn,
            final_snapshot=stack.keeps_data,
            tags=stack.tags.of(stack.names.of(volume), DataClass.SECRET),  # the certificate's key
            opts=stack.stateful_child_of(self),
        )
        self.register_outputs({"address": self.address.public_ip, "volumeId": self.volume.id})

    @property
    def edge_group_id(self) -> pulumi.Output[str]:
        return self._edge.group_id


def packages() -> Opening:
    """Packages of the operating system come over plain HTTP, signed."""
    return Opening("http", HTTP, "Signed operating system packages", cidr=ANYWHERE)
