"""AWS services reached without leaving the VPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.network.ports import HTTPS
from infra.network.rules import Group, GroupArgs, openings
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class EndpointsArgs:
    """`services` are the interface endpoints, such as `secretsmanager`, in `subnet_ids`.

    `callers` are the ranges that may call them, by what ends the rule's slot. Without
    `route_table_ids` there is no gateway endpoint: the tables are somebody else's.
    """

    vpc_id: pulumi.Output[str]
    callers: Mapping[str, str]
    route_table_ids: Sequence[pulumi.Output[str]]
    subnet_ids: Sequence[pulumi.Output[str]]
    services: tuple[str, ...]


class Endpoints(pulumi.ComponentResource):
    """Endpoints of AWS services.

    Children: the S3 gateway endpoint (free, on every route table of the stack); an interface
    endpoint per service and one security group for them that lets HTTPS in from the VPC.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: EndpointsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:network:Endpoints", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        if args.route_table_ids:
            self._add_gateway()
        if args.services:
            self._add_interfaces()
        self.register_outputs({})

    def _add_gateway(self) -> None:
        name = f"{self._name}-s3"
        aws.ec2.VpcEndpoint(
            name,
            vpc_id=self._args.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{self._stack.region}.s3",
            route_table_ids=list(self._args.route_table_ids),
            tags=self._stack.tags.of(self._stack.names.of(name)),
            opts=self._stack.child_of(self),
        )

    def _add_interfaces(self) -> None:
        group = Group(
            self._name,
            self._stack,
            GroupArgs(
                vpc_id=self._args.vpc_id,
                description="Interface endpoints of AWS services",
                ingress=openings("https", HTTPS, "HTTPS from inside the VPC", self._args.callers),
            ),
            self._stack.child_of(self),
        )
        for service in self._args.services:
            name = f"{self._name}-{service.replace('.', '-')}"
            aws.ec2.VpcEndpoint(
                name,
                vpc_id=self._args.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=f"com.amazonaws.{self._stack.region}.{service}",
                subnet_ids=list(self._args.subnet_ids),
                security_group_ids=[group.group_id],
                private_dns_enabled=True,
                tags=self._stack.tags.of(self._stack.names.of(name)),
                opts=self._stack.child_of(self),
            )
