"""That what the platform lives on is watched at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infra.policy import types
from infra.policy.claims import fault
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, Where, control

# The least that each kind needs. Names are the services' own (infra/observability/alarm_plan.py);
# more alarms are the platform's choice.
METRICS = {
    types.DISTRIBUTION: ("5xxErrorRate",),
    types.DATABASE: ("CPUUtilization", "FreeableMemory", "LowMemNumOperationsThrottled"),
    types.INSTANCE: ("StatusCheckFailed", "CPUUtilization"),
    types.AUTOSCALING_GROUP: ("GroupInServiceInstances", "StatusCheckFailed", "CPUUtilization"),
    types.VAULT: (
        *("NumberOfBackupJobsFailed", "NumberOfRestoreJobsFailed", "NumberOfCopyJobsFailed"),
    ),
}
COPY_METRIC = "OperationsFailedReplication"
COPY_NAMES = {"SourceBucket", "DestinationBucket", "RuleId"}  # S3 counts under the three together
REDIS_METRIC = "EngineCPUUtilization"  # of each node, which has one core for it


@control(
    "B12",
    "What the platform lives on has alarms",
    "prod: a cloudwatch.MetricAlarm of the least metrics names each docdb.Cluster, ec2.Instance, "
    "autoscaling.Group, backup.Vault that a plan writes to, cloudfront.Distribution, s3.Bucket "
    "that is replicated, and each node of each elasticache.ReplicationGroup",
    "AWS Well-Architected REL06-BP01",
    Severity.MEDIUM,
    (*METRICS, types.BUCKET_REPLICATION, types.REDIS),
    where=Where.PROD,
)
def watched(graph: Graph, _: Profile) -> Iterator[Finding]:
    written = {v.urn for p in graph.of(types.BACKUP_PLAN) for v in _written_to(graph, p)}
    for kind, metrics in METRICS.items():
        for each in graph.of(kind):
            if kind == types.VAULT and each.urn not in written:
                continue
            there = {a.get("metricName") for a in graph.users(each, "dimensions", types.ALARM)}
            for metric in metrics:
                if metric not in there:
                    yield _unwatched(each, metric)
    for replication in graph.of(types.BUCKET_REPLICATION):
        for source in graph.linked(replication, "bucket", types.BUCKET):
            alarms = graph.users(source, "dimensions", types.ALARM)
            if not any(_counts_copies(alarm) for alarm in alarms):
                yield _unwatched(source, COPY_METRIC)
    alarms = [a for a in graph.of(types.ALARM) if a.get("metricName") == REDIS_METRIC]
    for group in graph.of(types.REDIS):
        for node in nodes_of(group):
            if not any(_is_of(graph, alarm, group, node) for alarm in alarms):
                yield _unwatched(group, f"{REDIS_METRIC} of {node}")


def _unwatched(resource: Resource, metric: str) -> Finding:
    return fault(resource, f"must have an alarm on {metric}", "set gacp:alerts.alarms to true")


def _counts_copies(alarm: Resource) -> bool:
    named = alarm.get("dimensions")
    names = COPY_NAMES if named is UNKNOWN else set(named or ())
    return alarm.get("metricName") == COPY_METRIC and names == COPY_NAMES


def _written_to(graph: Graph, plan: Resource) -> list[Resource]:
    """Vaults that the plan's rules name, those of copies apart."""
    names = [rule.get("targetVaultName") for rule in plan.items("rules") if rule is not UNKNOWN]
    return [vault for vault in graph.of(types.VAULT) if vault.identities & set(map(str, names))]


def nodes_of(group: Resource) -> Sequence[str]:
    """Names of a group's nodes, as ElastiCache gives them: in cluster mode the shard is in it."""
    replicas = group.get("replicasPerNodeGroup")
    count = replicas + 1 if isinstance(replicas, int) else group.get("numCacheClusters")
    known_as = group.get("replicationGroupId")
    if not isinstance(count, int) or not isinstance(known_as, str):
        return ()
    shards = group.get("numNodeGroups")
    if isinstance(shards, int) and (shards > 1 or group.get("clusterMode") == "enabled"):
        names = [f"{known_as}-{shard:04}" for shard in range(1, shards + 1)]
    else:
        names = [known_as]
    return [f"{name}-{number:03}" for name in names for number in range(1, count + 1)]


def _is_of(graph: Graph, alarm: Resource, group: Resource, node: str) -> bool:
    named = alarm.get("dimensions.CacheClusterId")
    return named == node or (named is UNKNOWN and group in graph.behind(alarm, "dimensions"))
