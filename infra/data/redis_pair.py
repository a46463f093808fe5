"""The two Redis groups and what they share."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.model import RedisConfig
from infra.data.redis import Redis, RedisArgs, RedisRole
from infra.network.ports import REDIS
from infra.network.rules import Group, GroupArgs, Opening
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class RedisPairArgs:
    """`clients_group_id` is the one security group that may connect."""

    config: RedisConfig
    vpc_id: pulumi.Output[str]
    subnet_ids: list[pulumi.Output[str]]
    clients_group_id: pulumi.Output[str]
    key_arn: pulumi.Output[str]


class RedisPair(pulumi.ComponentResource):
    """A queue and a cache, apart: a full cache must not refuse jobs, nor jobs push it out.

    Children: the shared subnet group and security group, a `Redis` for each role.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: RedisPairArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:data:RedisPair", name, None, opts)
        child = stack.child_of(self)
        subnets = aws.elasticache.SubnetGroup(
            name,
            name=stack.names.of(name),
            description="Data tier of the certification platform",
            subnet_ids=args.subnet_ids,
            tags=stack.tags.of(stack.names.of(name)),
            opts=child,
        )
        group = Group(
            name,
            stack,
            GroupArgs(
                vpc_id=args.vpc_id,
                description="Redis of the certification platform",
                ingress=(
                    Opening(
                        "clients",
                        REDIS,
                        "Redis protocol from the workloads",
                        group_id=args.clients_group_id,
                    ),
                ),
            ),
            child,
        )
        self.group_id = group.group_id
        self.queue, self.cache = (
            Redis(
                f"{name}-{role}",
                stack,
                RedisArgs(role, args.config, subnets.name, group.group_id, args.key_arn),
                child,
            )
            for role in (RedisRole.QUEUE, RedisRole.CACHE)
        )
        self.register_outputs({})

    @property
    def sign_in_arns(self) -> list[pulumi.Output[str]]:
        """ARNs that clients need to be allowed to connect with IAM."""
        return [*self.queue.sign_in_arns, *self.cache.sign_in_arns]
