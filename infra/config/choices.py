"""What a configuration key may choose from."""

from __future__ import annotations

from enum import StrEnum


class Environment(StrEnum):
    """Which table of defaults a stack starts from. It names no account and no region."""

    LOCAL = "local"  # one machine, no account: everything can be destroyed
    DEV = "dev"
    STAGING = "staging"
    CHEAP = "cheap"  # real work on the fewest machines: a zone that fails takes it down
    PROD = "prod"


class ComputeProfile(StrEnum):
    """What runs the workloads. It says nothing about where their data lies."""

    EXTERNAL = "external"  # somebody else starts them from the stack's outputs
    HOST = "host"  # one machine with compose and nginx
    CLUSTER = "cluster"  # EKS


class NatMode(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"  # they don't: endpoints only
    ONE = "one"  # one gateway: cheap, and a zone's failure takes every zone's way out
    PER_ZONE = "per-zone"


class RedisAuth(StrEnum):
    NONE = "none"
    IAM = "iam"  # short-lived signed tokens instead of passwords; wants TLS


class DatabaseKind(StrEnum):
    """Who runs the database. The application speaks the same protocol to both."""

    DOCUMENTDB = "documentdb"  # the stack makes it
    EXTERNAL = "external"  # somebody else does: MongoDB Atlas, or servers of one's own
