"""What each environment starts from; a stack file says only what differs."""

from __future__ import annotations

from collections.abc import Mapping

from infra.config.choices import ComputeProfile, Environment
from infra.config.keys import deep_merged

# Over the structs' own defaults, which are production's. Written as in a stack file.
PRESETS: Mapping[Environment, Mapping[str, object]] = {
    Environment.PROD: {},
    Environment.STAGING: {
        "network": {"cidr": "10.21.0.0/16"},
        "safety": {"retain": False},
        "storage": {"backupCopies": False},
        "logs": {"retentionDays": 90},
        "budget": {"monthlyUsd": 700},
    },
    Environment.DEV: {
        "network": {"cidr": "10.22.0.0/16", "zones": ["a", "b"]},
        "database": {"instances": 1, "backupDays": 7},
        "redis": {"queue": {"replicas": 0}, "cache": {"replicas": 0, "snapshotDays": 1}},
        "safety": {"retain": False},
        "logs": {"retentionDays": 90},
        "storage": {"backupCopies": False},
        "backup": {"weeklyDays": 45, "monthlyDays": 60},
        "budget": {"monthlyUsd": 400},
    },
    Environment.CHEAP: {
        "network": {"cidr": "10.23.0.0/16", "zones": ["a", "b"]},
        "database": {"instances": 1},
        "redis": {"queue": {"replicas": 0}, "cache": {"replicas": 0}},
        "budget": {"monthlyUsd": 230},
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
        "storage": {"backupLockDays": 0, "backupCopies": False},
        "safety": {"protect": False, "retain": False, "recoveryDays": 7},
        "mail": {"port": 2525, "tls": False, "credentials": False},
        "logs": {"retentionDays": 7},
        "alerts": {"alarms": False},
        "backup": {"enabled": False},
        "budget": {"monthlyUsd": 0},
    },
}

# What machines and pods call on AWS inside the VPC, where the stack pays for that.
_ENDPOINTS = ["ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "ssm", "ssmmessages", "sts"]

# Over an environment's table, by what runs the workloads: a machine with an address of its own
# needs no way out of the private subnets, nodes need one.
SHAPES: Mapping[tuple[Environment, ComputeProfile], Mapping[str, object]] = {
    (Environment.PROD, ComputeProfile.HOST): {
        "network": {"nat": "none", "interfaceEndpoints": _ENDPOINTS}
    },
    (Environment.STAGING, ComputeProfile.HOST): {
        "network": {"nat": "none", "interfaceEndpoints": _ENDPOINTS}
    },
    (Environment.PROD, ComputeProfile.EXTERNAL): {
        "network": {"nat": "per-zone", "interfaceEndpoints": _ENDPOINTS}
    },
    (Environment.DEV, ComputeProfile.HOST): {"network": {"nat": "none"}},
    (Environment.CHEAP, ComputeProfile.HOST): {"network": {"nat": "none"}},
    (Environment.PROD, ComputeProfile.CLUSTER): {
        "network": {"nat": "per-zone", "interfaceEndpoints": [*_ENDPOINTS, "ec2", "eks-auth"]}
    },
    (Environment.STAGING, ComputeProfile.CLUSTER): {
        "compute": {"cluster": {"nodeType": "t4g.large", "nodesMin": 2, "nodesMax": 4}}
    },
    (Environment.DEV, ComputeProfile.CLUSTER): {
        "compute": {"cluster": {"nodeType": "t4g.large", "nodesMin": 1, "nodesMax": 3}}
    },
}


# Over both where a VPC is adopted: an endpoint's private name is taken once in a VPC, so that the
# stack makes none which its owner may have already.
ADOPTING: Mapping[str, object] = {"network": {"interfaceEndpoints": []}}


def defaults_of(
    environment: Environment, profile: ComputeProfile | None, *, adopts: bool = False
) -> Mapping[str, object]:
    """The table of an environment with its shape for a compute profile, where it has one."""
    shape = SHAPES.get((environment, profile), {}) if profile else {}
    merged = deep_merged(PRESETS[environment], shape)
    return deep_merged(merged, ADOPTING) if adopts else merged
