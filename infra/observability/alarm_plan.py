"""What AWS itself can see going wrong, as plain data: one alarm, one thing to look at.

Names and dimensions of metrics are the services' own: DocumentDB and ElastiCache under their
developer guides' monitoring chapters, `AWS/NetworkELB`, `AWS/EC2`, `AWS/Backup` and
`AWS/CertificateManager` in https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pulumi

type Dimensions = Mapping[str, pulumi.Input[str]]

MIB = 1024 * 1024
DAY = 86_400


class Missing(StrEnum):
    """What no data means."""

    FINE = "notBreaching"  # nothing happened, so nothing was counted
    BAD = "breaching"  # whoever should report is gone


@dataclass(frozen=True, slots=True)
class PlannedAlarm:
    """Fires when `metric` is beyond `threshold` in each of `periods` periods of `seconds`.

    `why` is what a person reads at three in the morning: what it means, and where to look.
    """

    slot: str
    namespace: str
    metric: str
    dimensions: Dimensions
    threshold: float
    why: str
    above: bool = True
    statistic: str = "Average"
    seconds: int = 300
    periods: int = 3
    missing: Missing = Missing.FINE


def of_database(cluster: str, instances: int) -> tuple[PlannedAlarm, ...]:
    """DocumentDB; replicas lag only where there are some."""
    where: Dimensions = {"DBClusterIdentifier": cluster}
    alarms = (
        PlannedAlarm(
            "database-cpu",
            "AWS/DocDB",
            "CPUUtilization",
            where,
            80,
            "DocumentDB is busy for a quarter of an hour: look at the profiler's log for slow "
            "queries, then at a larger class.",
        ),
        PlannedAlarm(
            "database-memory",
            "AWS/DocDB",
            "FreeableMemory",
            where,
            256 * MIB,
            "DocumentDB runs out of memory: operations will be throttled next.",
            above=False,
            missing=Missing.BAD,
        ),
        PlannedAlarm(
            "database-throttled",
            "AWS/DocDB",
            "LowMemNumOperationsThrottled",
            where,
            0,
            "DocumentDB refuses work for lack of memory: users see errors now.",
            statistic="Sum",
            periods=1,
        ),
    )
    lag = PlannedAlarm(
        "database-lag",
        "AWS/DocDB",
        "DBClusterReplicaLagMaximum",
        where,
        2000,
        "A replica is two seconds behind: reads that may be stale are staler than that.",
        statistic="Maximum",
    )
    return (*alarms, lag) if instances > 1 else alarms


def of_redis(
    role: str, group: str, nodes: int, *, loses_keys: bool, shards: int = 0
) -> tuple[PlannedAlarm, ...]:
    """One replication group; each node reports for itself. A cache may lose keys, a queue not.

    `nodes` is the count of a shard's; without cluster mode (`shards` 0) of the group's.
    """
    found: list[PlannedAlarm] = []
    for number, node in _nodes(nodes, shards):
        where: Dimensions = {"CacheClusterId": f"{group}-{node}"}
        found.append(
            PlannedAlarm(
                f"redis-{role}-{number}-cpu",
                "AWS/ElastiCache",
                "EngineCPUUtilization",
                where,
                80,
                f"Redis {role} has one core and it is busy: look for slow commands.",
            )
        )
        if not loses_keys:
            found += (
                PlannedAlarm(
                    f"redis-{role}-{number}-memory",
                    "AWS/ElastiCache",
                    "DatabaseMemoryUsagePercentage",
                    where,
                    75,
                    f"Redis {role} fills up: when it is full it refuses jobs. Do workers run?",
                ),
                PlannedAlarm(
                    f"redis-{role}-{number}-evictions",
                    "AWS/ElastiCache",
                    "Evictions",
                    where,
                    0,
                    f"Redis {role} threw keys away, which its policy forbids: check the policy.",
                    statistic="Sum",
                    periods=1,
                ),
            )
    return tuple(found)


def _nodes(nodes: int, shards: int) -> list[tuple[str, str]]:
    """(slot, end of the name on AWS) of each node: `NAME-001`, in cluster mode `NAME-0001-001`."""
    numbers = range(1, nodes + 1)
    if not shards:
        return [(f"{number}", f"{number:03}") for number in numbers]
    return [
        (f"{shard}-{number}", f"{shard:04}-{number:03}")
        for shard in range(1, shards + 1)
        for number in numbers
    ]


def of_balancer(
    balancer: pulumi.Input[str], groups: Mapping[str, pulumi.Input[str]]
) -> tuple[PlannedAlarm, ...]:
    """A network balancer; `balancer` and the values of `groups` are ARN suffixes."""
    found: list[PlannedAlarm] = []
    for slot, group in groups.items():
        where: Dimensions = {"LoadBalancer": balancer, "TargetGroup": group}
        found += (
            PlannedAlarm(
                f"edge-{slot}-none",
                "AWS/NetworkELB",
                "HealthyHostCount",
                where,
                1,
                "Nobody answers behind the balancer: the platform is down. Look at nginx.",
                above=False,
                statistic="Minimum",
                seconds=60,
                missing=Missing.BAD,
            ),
            PlannedAlarm(
                f"edge-{slot}-some",
                "AWS/NetworkELB",
                "UnHealthyHostCount",
                where,
                0,
                "An nginx doesn't answer its health check.",
                statistic="Maximum",
                seconds=60,
                periods=5,
            ),
        )
    return tuple(found)


def of_certificate(arn: pulumi.Input[str]) -> tuple[PlannedAlarm, ...]:
    return (
        PlannedAlarm(
            "certificate",
            "AWS/CertificateManager",
            "DaysToExpiry",
            {"CertificateArn": arn},
            30,
            "The certificate was not renewed in time: is its proof still in the DNS zone?",
            above=False,
            statistic="Minimum",
            seconds=DAY,
            periods=1,
        ),
    )


def of_backups(vault: pulumi.Input[str]) -> tuple[PlannedAlarm, ...]:
    """Points that were not taken, and restores that failed."""
    where: Dimensions = {"BackupVaultName": vault}
    return tuple(
        PlannedAlarm(
            f"backup-{slot}",
            "AWS/Backup",
            metric,
            where,
            0,
            why,
            statistic="Sum",
            seconds=3600,
            periods=1,
        )
        for slot, metric, why in (
            ("failed", "NumberOfBackupJobsFailed", "A recovery point was not taken."),
            ("restore", "NumberOfRestoreJobsFailed", "A restore failed, perhaps the weekly test."),
            ("copy", "NumberOfCopyJobsFailed", "A copy to the other region failed."),
        )
    )
