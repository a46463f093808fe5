"""ElastiCache (Valkey): one replication group."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from infra.config.choices import RedisAuth
from infra.config.model import RedisConfig, RedisGroupConfig
from infra.network.ports import REDIS
from infra.stack import Stack
from infra.tags import DataClass

SNAPSHOT_WINDOW = "18:00-19:00"  # UTC: Bangkok sleeps
MAINTENANCE_WINDOW = "sat:19:30-sat:20:30"

# All keys and channels; no command that changes the server or lists it to strangers, but for
# those that clients send by themselves.
ACCESS = "on ~* &* +@all -@admin -@dangerous +info +client|setname +client|setinfo"


class RedisRole(StrEnum):
    """What a group is for, which decides what happens when its memory is full."""

    QUEUE = "queue"  # writes are refused: a job must not vanish
    CACHE = "cache"  # the least recently used go

    @property
    def eviction(self) -> str:
        return {RedisRole.QUEUE: "noeviction", RedisRole.CACHE: "allkeys-lru"}[self]


@dataclass(frozen=True, slots=True)
class RedisArgs:
    role: RedisRole
    config: RedisConfig
    subnet_group_name: pulumi.Output[str]
    group_id: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    @property
    def group(self) -> RedisGroupConfig:
        return self.config.queue if self.role is RedisRole.QUEUE else self.config.cache

    @property
    def shards(self) -> int:
        """Of cluster mode, 0 without. A queue has none: its scripts touch keys of many slots."""
        return self.config.cache.shards if self.role is RedisRole.CACHE else 0


class Redis(pulumi.ComponentResource):
    """A replication group.

    Children: its parameter group, the replication group, and, with IAM, the user that clients
    sign in as with a group that holds nobody else (so that the default user is off).
    """

    def __init__(
        self, name: str, stack: Stack, args: RedisArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:data:Redis", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        # What lies in the queue names applications; what lies in the cache may quote them.
        self._tags = stack.tags.of(stack.names.of(name), DataClass.PERSONAL)
        config, group = args.config, args.group
        self._users: list[aws.elasticache.User] = []
        user_groups = [self._make_users()] if config.auth is RedisAuth.IAM else None
        has_replicas = group.replicas > 0
        keeps = group.snapshot_days > 0
        self._group = aws.elasticache.ReplicationGroup(
            name,
            replication_group_id=stack.names.of(name),
            description=f"Redis {args.role} of the certification platform",
            engine="valkey",
            engine_version=config.engine_version,
            node_type=group.node_type,
            num_cache_clusters=None if args.shards else 1 + group.replicas,
            cluster_mode="enabled" if args.shards else None,
            num_node_groups=args.shards or None,
            replicas_per_node_group=group.replicas if args.shards else None,
            automatic_failover_enabled=has_replicas,
            multi_az_enabled=has_replicas,
            port=REDIS,
            parameter_group_name=self._make_parameters().name,
            subnet_group_name=args.subnet_group_name,
            security_group_ids=[args.group_id],
            at_rest_encryption_enabled=True,
            kms_key_id=args.key_arn,
            transit_encryption_enabled=config.tls,
            transit_encryption_mode="required" if config.tls else None,
            user_group_ids=user_groups,
            snapshot_retention_limit=group.snapshot_days,
            snapshot_window=SNAPSHOT_WINDOW if keeps else None,
            final_snapshot_identifier=(
                stack.names.of(f"{name}-final") if stack.keeps_data and keeps else None
            ),
            maintenance_window=MAINTENANCE_WINDOW,
            auto_minor_version_upgrade=True,
            apply_immediately=False,
            tags=self._tags,
            opts=self._of_the_group(),
        )
        self.register_outputs({"endpoint": self.host})

    @property
    def identifier(self) -> str:
        """The group's name on AWS; its nodes are `NAME-001` and so on."""
        return self._stack.names.of(self._name)

    @property
    def host(self) -> pulumi.Output[str]:
        """The primary's address; in cluster mode the one that tells of all shards."""
        group = self._group
        sharded = bool(self._args.shards)
        return group.configuration_endpoint_address if sharded else group.primary_endpoint_address

    @property
    def port(self) -> pulumi.Output[int]:
        return self._group.port.apply(lambda port: int(port or REDIS))

    @property
    def user(self) -> str:
        """Whom clients sign in as with IAM; empty without."""
        iam = self._args.config.auth is RedisAuth.IAM
        return self._stack.names.of(self._name) if iam else ""

    @property
    def sign_in_arns(self) -> list[pulumi.Output[str]]:
        """What `elasticache:Connect` has to allow: group and user with IAM, nothing without."""
        return [self._group.arn, *(user.arn for user in self._users)] if self._users else []

    def _of_the_group(self) -> pulumi.ResourceOptions:
        """AWS switches cluster mode on in place only by way of a mode between, off never: so the
        group is replaced, and its name, which is fixed, has to be free first. A protected one stays
        as it is, and the update is refused."""
        options = self._stack.stateful_child_of(self)
        options.replace_on_changes = ["clusterMode"]
        options.delete_before_replace = True
        return options

    def _make_parameters(self) -> aws.elasticache.ParameterGroup:
        family = f"valkey{self._args.config.engine_version.split('.')[0]}"
        sharded = bool(self._args.shards)
        parameters = {"maxmemory-policy": self._args.role.eviction}
        return aws.elasticache.ParameterGroup(
            self._name,
            # What a group can't change is in the name: the new one has to stand beside the old.
            name=self._stack.names.of(f"{self._name}-{family}{'-cluster' if sharded else ''}"),
            family=family,
            description=f"Parameters of Redis {self._args.role}",
            parameters=[
                {"name": name, "value": value}
                for name, value in (
                    parameters | ({"cluster-enabled": "yes"} if sharded else {})
                ).items()
            ],
            tags=self._tags,
            opts=self._stack.child_of(self),
        )

    def _make_users(self) -> pulumi.Output[str]:
        user = aws.elasticache.User(
            self._name,
            # With IAM the id and the name have to be the same:
            # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
            user_id=self.user,
            user_name=self.user,
            engine="valkey",
            access_string=ACCESS,
            authentication_mode={"type": "iam"},
            tags=self._tags,
            opts=self._stack.child_of(self),
        )
        self._users.append(user)
        group = aws.elasticache.UserGroup(
            self._name,
            user_group_id=self._stack.names.of(self._name),
            engine="valkey",
            user_ids=[user.user_id],
            tags=self._tags,
            opts=self._stack.child_of(self),
        )
        return group.user_group_id
