"""Replication groups of ElastiCache in cluster mode."""

from __future__ import annotations

from collections.abc import Iterator

from infra.local.aws.catalogue.tokens import CACHE_PARAMETERS
from infra.local.aws.codec import Properties, Value, plain
from infra.local.aws.making import Making
from infra.local.aws.spec import AwsError, Failure, Scope
from infra.local.aws.world import World

_GROUP_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"


def is_cluster(making: Making) -> bool:
    return int(making.given("numNodeGroups", 1)) > 1 or making.given("clusterMode") == "enabled"


def cluster_mode(making: Making) -> Value:
    return "enabled" if is_cluster(making) else "disabled"


def members(making: Making) -> list[str]:
    groups = int(making.given("numNodeGroups", 1))
    replicas = making.given("replicasPerNodeGroup")
    if replicas is None:
        replicas = int(making.given("numCacheClusters", 1)) - 1
    if is_cluster(making):
        nodes = [(g, n) for g in range(1, groups + 1) for n in range(1, int(replicas) + 2)]
        return [f"{making.id}-{g:04d}-{n:03d}" for g, n in nodes]
    return [f"{making.id}-{n:03d}" for n in range(1, int(replicas) + 2)]


def failover_of_shards(inputs: Properties, _: Scope) -> Iterator[Failure]:
    shards = inputs.get("numNodeGroups")
    many = isinstance(shards, int) and shards > 1
    if (many or inputs.get("clusterMode") == "enabled") and (
        inputs.get("automaticFailoverEnabled") is False
    ):
        yield Failure(
            "automaticFailoverEnabled",
            f"InvalidParameterCombination: cluster mode needs automatic failover ({_GROUP_API})",
        )


def mode_of_parameters(world: World, making: Making) -> None:
    """A parameter group of cluster mode is for groups in cluster mode, and no other is."""
    group = world.find((CACHE_PARAMETERS,), making.given("parameterGroupName"), ("name",))
    if group is None:
        return
    entries = plain(group.inputs.get("parameters") or [])
    enabled = {"name": "cluster-enabled", "value": "yes"} in entries
    if enabled != is_cluster(making):
        raise AwsError(
            "InvalidParameterCombination",
            f"{group.id} has cluster mode {'on' if enabled else 'off'} (cluster-enabled), and the"
            f" replication group {'off' if enabled else 'on'}",
        )
