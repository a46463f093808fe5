"""A MongoDB that somebody else runs (Atlas, or servers of one's own), as a stack names it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.config import rules
from infra.config.keys import key


@dataclass(frozen=True, slots=True)
class ExternalDatabaseConfig:
    """Where an external database is, and who may read how to sign in."""

    host: str = key(
        "Name of the cluster or server, without scheme and port.",
        rules.optional(rules.HOST_NAME),
        default="",
        example="cluster0.example.mongodb.net",
    )
    srv: bool = key(
        "The name leads to the servers by DNS (mongodb+srv), as Atlas's names do.", default=True
    )
    port: int = key("Port of its servers.", rules.between(1, 65535, "(a port)"), default=27017)
    ranges: tuple[str, ...] = key(
        "Ranges that its servers' addresses lie in: the workloads may call these, and no others.",
        rules.each(rules.NARROW_RANGE),
        default=(),
        example=("192.168.248.0/21",),
    )
    secret_arn: str = key(
        "Existing secret with how to sign in; empty makes one for the owner to fill.",
        rules.optional(rules.SECRET_ARN),
        default="",
    )
