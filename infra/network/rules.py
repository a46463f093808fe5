"""Security groups by role, with described rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class Opening:
    """One TCP port, opened to (or towards) a range, a group or a prefix list; one of them is given.

    `slot` ends the rule's logical name; `why` is its description on AWS.
    """

    slot: str
    port: int
    why: str
    cidr: str | None = None
    group_id: pulumi.Input[str] | None = None
    prefix_list_id: pulumi.Input[str] | None = None


def openings(slot: str, port: int, why: str, ranges: Mapping[str, str]) -> tuple[Opening, ...]:
    """One opening for each range, by what ends its slot; an empty ending leaves the slot alone."""
    return tuple(
        Opening(f"{slot}-{ending}" if ending else slot, port, why, cidr=cidr)
        for ending, cidr in ranges.items()
    )


@dataclass(frozen=True, slots=True)
class GroupArgs:
    vpc_id: pulumi.Input[str]
    description: str
    ingress: tuple[Opening, ...] = ()
    egress: tuple[Opening, ...] = ()


class Group(pulumi.ComponentResource):
    """A security group and its rules, each a resource of its own so that none hides another.

    Children: the group, one ingress or egress rule per opening. Nothing else is open, not even
    the way out that the console would add.
    """

    def __init__(
        self, name: str, stack: Stack, args: GroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:network:Group", name, None, opts)
        self._name, self._stack = name, stack
        self._group = aws.ec2.SecurityGroup(
            name,
            vpc_id=args.vpc_id,
            description=args.description,
            tags=stack.tags.of(stack.names.of(name)),
            opts=stack.child_of(self),
        )
        for opening in args.ingress:
            self.let_in(opening)
        for opening in args.egress:
            self.let_out(opening)
        self.register_outputs({"groupId": self._group.id})

    @property
    def group_id(self) -> pulumi.Output[str]:
        return self._group.id

    def let_in(self, opening: Opening) -> None:
        self._rule(aws.vpc.SecurityGroupIngressRule, f"{self._name}-in-{opening.slot}", opening)

    def let_out(self, opening: Opening) -> None:
        self._rule(aws.vpc.SecurityGroupEgressRule, f"{self._name}-out-{opening.slot}", opening)

    def _rule(
        self,
        kind: type[aws.vpc.SecurityGroupIngressRule | aws.vpc.SecurityGroupEgressRule],
        name: str,
        opening: Opening,
    ) -> None:
        kind(
            name,
            security_group_id=self._group.id,
            ip_protocol="tcp",
            from_port=opening.port,
            to_port=opening.port,
            cidr_ipv4=opening.cidr,
            referenced_security_group_id=opening.group_id,
            prefix_list_id=opening.prefix_list_id,
            description=opening.why,
            tags=self._stack.tags.of(self._stack.names.of(name)),
            opts=self._stack.child_of(self),
        )
