"""The cases of all types."""

from __future__ import annotations

from tests.infra.local.aws.cases import (
    access,
    backups,
    balancers,
    clusters,
    computing,
    data,
    delivery,
    federation,
    log_deliveries,
    managing,
    network,
    objects,
    queues,
    replication,
    scaling,
    security,
    services,
    storage,
    watching,
)

PARTS = (
    *(network, access, computing, storage, objects, data, security, federation, services),
    clusters,
    queues,
    balancers,
    watching,
    backups,
    replication,
    scaling,
    delivery,
    log_deliveries,
    managing,
)
ALL = [case for part in PARTS for case in part.CASES]
