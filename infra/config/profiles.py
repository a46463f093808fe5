"""What each environment starts from; a stack file says only what differs."""

from __future__ import annotations

from collections.abc import Mapping

from infra.config.choices import Environment

# Over the structs' own defaults, which are production's. Written as in a stack file.
PRESETS: Mapping[Environment, Mapping[str, object]] = {
    Environment.PROD: {},
    Environment.STAGING: {
        "network": {"cidr": "10.21.0.0/16"},
        "logs": {"retentionDays": 90},
    },
    Environment.DEV: {
        "network": {"cidr": "10.22.0.0/16", "zones": ["a", "b"]},
        "database": {"instances": 1, "backupDays": 7},
        "redis": {"queue": {"replicas": 0}, "cache": {"replicas": 0, "snapshotDays": 1}},
        "logs": {"retentionDays": 90},
    },
    Environment.LOCAL: {
        "network": {
            "cidr": "10.30.0.0/16",
            "zones": ["a", "b"],
            "nat": "none",
            "flowLogs": False,
        },
        "database": {"instances": 1, "tls": False, "backupDays": 1},
        "redis": {
            "queue": {"replicas": 0, "snapshotDays": 0},
            "cache": {"replicas": 0, "snapshotDays": 0},
            "tls": False,
            "auth": "none",
        },
        "storage": {"backupLockDays": 0},
        "safety": {"protect": False, "recoveryDays": 7},
        "mail": {"port": 2525, "tls": False, "credentials": False},
        "logs": {"retentionDays": 7},
    },
}
