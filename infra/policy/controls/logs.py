"""CloudWatch log groups."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import at_least, customer_key, fault, must
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Severity, Where, control

RETENTION_DAYS = 90


@control(
    "A57",
    "Logs are kept long enough, end, and are encrypted with our key",
    f"cloudwatch.LogGroup retentionInDays is at least {RETENTION_DAYS}, kmsKeyId is a customer key",
    "CKV_AWS_66/158/338",
    Severity.MEDIUM,
    (types.LOG_GROUP,),
    where=Where.AWS,
)
def log_groups(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.LOG_GROUP):
        yield from must(
            group,
            "retentionInDays",
            at_least(RETENTION_DAYS),  # 0 would keep them for ever
            f"must be at least {RETENTION_DAYS}",
            "raise gacp:logs.retentionDays",
        )
        yield from customer_key(graph, group, "kmsKeyId")


@control(
    "B10",
    "The control plane's log group is the stack's",
    "cloudwatch.LogGroup /aws/eks/CLUSTER/cluster is there: EKS would make its own, which keeps "
    "logs for ever and encrypts them with no key of ours",
    "EKS user guide, control plane logging; A57 for what EKS makes",
    Severity.LOW,
    (types.CLUSTER,),
    where=Where.AWS,
)
def cluster_log_group(graph: Graph, _: Profile) -> Iterator[Finding]:
    names = {group.get("name") for group in graph.of(types.LOG_GROUP)}
    for cluster in graph.of(types.CLUSTER):
        wanted = f"/aws/eks/{cluster.get('name')}/cluster"
        if wanted not in names:
            rule = f"must have the log group {wanted} in this stack"
            yield fault(cluster, rule, "add a cloudwatch.LogGroup")
