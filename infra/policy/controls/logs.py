"""CloudWatch log groups."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import at_least, customer_key, must
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
