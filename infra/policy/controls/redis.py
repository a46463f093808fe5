"""ElastiCache: the queue, which must not lose keys, and the cache, which may."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import (
    at_least,
    fault,
    is_false_or_absent,
    is_given,
    is_true,
    must,
    must_link,
    parameter,
    protected,
    wrong,
)
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, Where, control

_REDIS = (types.REDIS,)
EVICTION = {"queue": "noeviction", "cache": "allkeys-lru"}


def role_of(group: Resource) -> str | None:
    """Which of the two a group is, by the last word of its logical name."""
    last = group.name.rpartition("-")[2]
    return last if last in EVICTION else None


@control(
    "A40",
    "Redis fails over to another zone",
    "elasticache.ReplicationGroup automaticFailoverEnabled and multiAzEnabled, at least 1 replica",
    "ElastiCache.3",
    Severity.MEDIUM,
    _REDIS,
    where=Where.PROD,
    alone=True,
)
def redis_failover(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.REDIS):
        for key in ("automaticFailoverEnabled", "multiAzEnabled"):
            yield from must(group, key, is_true, "must be true in prod", "give it a replica")
        sharded = group.get("numNodeGroups") is not None
        key, least = ("replicasPerNodeGroup", 1) if sharded else ("numCacheClusters", 2)
        yield from must(
            group,
            key,
            at_least(least),
            f"must be at least {least} in prod",
            "raise gacp:redis replicas to 1",
        )


@control(
    "A41",
    "Redis is saved every day, and once more before it goes",
    "elasticache.ReplicationGroup snapshotRetentionLimit is at least 1, in prod 7; "
    "finalSnapshotIdentifier; option protect",
    "ElastiCache.1 CKV_AWS_134",
    Severity.MEDIUM,
    _REDIS,
    where=Where.AWS,
    alone=True,
)
def redis_snapshots(graph: Graph, profile: Profile) -> Iterator[Finding]:
    least = 7 if profile.is_prod else 1
    for group in graph.of(types.REDIS):
        yield from must(
            group,
            "snapshotRetentionLimit",
            at_least(least),
            f"must be at least {least} days",
            "raise gacp:redis snapshotDays",
        )
        yield from must(
            group,
            "finalSnapshotIdentifier",
            is_given,
            "must be given",
            "name the last snapshot: it goes without one where nothing is said",
        )
        yield from protected(group)


@control(
    "A42",
    "Redis gets its patches in its hour of upkeep, and lies in our subnets",
    "elasticache.ReplicationGroup autoMinorVersionUpgrade is true, applyImmediately false; "
    "subnetGroupName is not the default one",
    "ElastiCache.2/7 CKV_AWS_322/323",
    Severity.MEDIUM,
    _REDIS,
)
def redis_upkeep(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.REDIS):
        yield from must(group, "autoMinorVersionUpgrade", is_true, "must be true", "set it to true")
        yield from must(
            group,
            "applyImmediately",
            is_false_or_absent,
            "must be false: a restart would come at once",
            "leave it out",
        )
        name = group.get("subnetGroupName")
        if name is UNKNOWN and graph.behind(group, "subnetGroupName"):
            continue
        if not is_given(name) or name == "default":
            yield wrong(
                group, "subnetGroupName", 'must be given and not "default"', "name the data tier's"
            )


@control(
    "A43",
    "A full queue refuses, a full cache forgets",
    "elasticache.ParameterGroup maxmemory-policy: queue noeviction, cache allkeys-lru",
    "BullMQ documentation (production), gitlab-com/gl-infra 833",
    Severity.HIGH,
    _REDIS,
)
def redis_eviction(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.REDIS):
        role = role_of(group)
        if role is None:
            words = " or ".join(EVICTION)
            yield fault(group, f"must end in {words}: nobody knows what it may lose", "rename it")
            continue
        key, kinds = "parameterGroupName", (types.REDIS_PARAMETERS,)
        rule = "must be a parameter group of this stack: the default one evicts"
        yield from must_link(graph, group, key, kinds, rule, "add it")
        for parameters in graph.linked(group, key, *kinds):
            value = parameter(parameters, "maxmemory-policy")
            if value != EVICTION[role]:
                path, rule = "parameters.maxmemory-policy", f"must be {EVICTION[role]} for a {role}"
                shown = "not given" if value is None else value
                yield Finding(parameters.urn, path, shown, rule, "set it")


@control(
    "A44",
    "What the queue has taken is on disk, or how much may be lost is written down",
    "elasticache.ReplicationGroup durability of the queue is sync (Valkey 9, cluster mode, a node "
    "family that can), else a written exception with the recovery point",
    "ElastiCache documentation (durability)",
    Severity.MEDIUM,
    _REDIS,
    where=Where.AWS,
    alone=True,
)
def queue_durability(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.REDIS):
        if role_of(group) == "queue":
            yield from must(
                group,
                "durability",
                lambda value: value == "sync",
                "must be sync: keys that were acknowledged can be lost",
                "use a durable node family, or write the recovery point into "
                "infra/policy/exceptions.toml",
            )
