"""The sections of a stack's configuration. Field names are the keys in camelCase."""

# ruff: noqa: RUF009 - key() and section() give a dataclasses.field

from __future__ import annotations

from dataclasses import dataclass

from infra.config import rules
from infra.config.adoption import AdoptConfig
from infra.config.choices import DatabaseKind, NatMode, RedisAuth
from infra.config.edge import CdnConfig
from infra.config.external import ExternalDatabaseConfig
from infra.config.keys import key, section


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The VPC and its ways out."""

    cidr: str = key("Address range of the VPC.", rules.PRIVATE_RANGE, default="10.20.0.0/16")
    zones: tuple[str, ...] = key(
        # DocumentDB wants a subnet group over at least two zones.
        "Letters of the region's zones, in order; adding one at the end moves nothing.",
        rules.each(rules.ZONE_LETTER, 2, 8),
        default=("a", "b", "c"),
    )
    nat: NatMode = key("Gateways of the private subnets.", default=NatMode.ONE)
    interface_endpoints: tuple[str, ...] = key(
        "AWS services reached inside the VPC (each costs per zone and hour).",
        rules.each(rules.ENDPOINT_SERVICE),
        default=(),
    )
    flow_logs: bool = key("Record all traffic's metadata in a log group.", default=True)
    adopt: AdoptConfig = section(AdoptConfig)


@dataclass(frozen=True, slots=True)
class DatabaseConfig:
    """DocumentDB, or a database that somebody else runs."""

    instance_class: str = key(
        "Class of every instance.", rules.DATABASE_CLASS, default="db.t4g.medium"
    )
    instances: int = key(
        "Instances, one a zone in turn.", rules.between(1, 16, "instances"), default=2
    )
    engine_version: str = key(
        "Engine.", rules.matching(r"5\.0\.0", "5.0.0, the version that is tested"), default="5.0.0"
    )
    name: str = key("Database of the application.", rules.DATABASE_NAME, default="gacp")
    master_user: str = key(
        "Master user; its password is Secrets Manager's.", rules.MASTER_USER, default="gacp"
    )
    tls: bool = key("Refuse connections without TLS.", default=True)
    audit: bool = key("Write the audit log.", default=True)
    backup_days: int = key(
        "Days of point-in-time recovery.", rules.between(1, 35, "days"), default=14
    )
    kind: DatabaseKind = key("Who runs the database.", default=DatabaseKind.DOCUMENTDB)
    external: ExternalDatabaseConfig = section(ExternalDatabaseConfig)

    @property
    def outside(self) -> ExternalDatabaseConfig | None:
        """The external database, where the stack has one."""
        return self.external if self.kind is DatabaseKind.EXTERNAL else None


@dataclass(frozen=True, slots=True)
class RedisGroupConfig:
    """One replication group."""

    node_type: str = key("Class of every node.", rules.CACHE_CLASS, default="cache.t4g.micro")
    replicas: int = key(
        "Replicas beside the primary; 1 or more fail over.",
        rules.between(0, 5, "replicas"),
        default=1,
    )
    snapshot_days: int = key(
        "Daily snapshots kept; 0 takes none.", rules.between(0, 35, "days"), default=7
    )


@dataclass(frozen=True, slots=True)
class RedisCacheConfig(RedisGroupConfig):
    """The cache's replication group."""

    shards: int = key(
        # 90 nodes a group: the quota "Nodes per cluster per instance type (cluster mode enabled)".
        "Shards of cluster mode; 0 is none, and turning it on or off replaces the cache.",
        rules.between(0, 45, "shards"),
        default=0,
    )


@dataclass(frozen=True, slots=True)
class RedisConfig:
    """ElastiCache: a queue that must not lose keys, and a cache that may."""

    engine_version: str = key(
        "Valkey.", rules.matching(r"8\.\d", "a Valkey 8 version, such as 8.0"), default="8.0"
    )
    queue: RedisGroupConfig = section(RedisGroupConfig)
    cache: RedisCacheConfig = section(RedisCacheConfig)
    tls: bool = key("Refuse connections without TLS.", default=True)
    auth: RedisAuth = key("How clients prove who they are.", default=RedisAuth.IAM)


@dataclass(frozen=True, slots=True)
class StorageConfig:
    """Buckets."""

    noncurrent_days: int = key(
        "Days that overwritten and deleted objects can still be had back.",
        rules.between(1, 3650, "days"),
        default=90,
    )
    backup_lock_days: int = key(
        "Days in which nobody deletes a backup (object lock, governance mode); 0 locks nothing.",
        rules.between(0, 3650, "days"),
        default=30,
    )
    backup_copies: bool = key(
        "Copy the bucket of backups to gacp:backup.copyRegion, as it is written.", default=True
    )
    log_days: int = key(
        "Days that access logs are kept.", rules.between(30, 3650, "days"), default=365
    )


@dataclass(frozen=True, slots=True)
class SafetyConfig:
    """How hard stateful resources are to hurt."""

    protect: bool = key(
        "Protect, deletion protection and final snapshots for all that holds data.", default=True
    )
    retain: bool = key(
        "What holds data outlives the stack: buckets, vaults and their keys stay in the account.",
        default=True,
    )
    retiring: bool = key(
        "The stack is being taken down: production may then drop its protection.", default=False
    )
    recovery_days: int = key(
        # KMS: 7 to 30 days; Secrets Manager: the same range.
        "Days between deleting a key or secret and losing it.",
        rules.between(7, 30, "days"),
        default=30,
    )


@dataclass(frozen=True, slots=True)
class EdgeConfig:
    """Where people find the platform."""

    public_url: str = key(
        "Origin of every public address; https://DOMAIN where it is not given.",
        rules.optional(rules.ORIGIN),
        default="",
    )
    domain: str = key(
        "Domain; empty makes no DNS and no certificate.",
        rules.optional(rules.DOMAIN),
        default="",
        example="gacp.example.com",
    )
    zone_id: str = key(
        "Existing Route 53 zone of the domain; empty makes one.",
        rules.optional(rules.ZONE_ID),
        default="",
    )
    trusted_proxies: tuple[str, ...] = key(
        "Ranges whose X-Forwarded-For is believed.", rules.each(rules.ADDRESS_RANGE), default=()
    )
    cdn: CdnConfig = section(CdnConfig)


@dataclass(frozen=True, slots=True)
class MailConfig:
    """The SMTP server that sends for the application."""

    host: str = key(
        "SMTP server.",
        rules.HOST_NAME,
        default="localhost",
        example="email-smtp.ap-southeast-1.amazonaws.com",
    )
    port: int = key("Port of submission.", rules.between(1, 65535, "(a port)"), default=587)
    tls: bool = key("Insist on TLS (STARTTLS; implicit on 465).", default=True)
    credentials: bool = key(
        "Sign in, with user and password from a secret that this stack makes.", default=True
    )
    sender: str = key(
        "Address in From.",
        rules.EMAIL,
        default="no-reply@gacp.example",
        example="no-reply@gacp.example",
    )


@dataclass(frozen=True, slots=True)
class LogsConfig:
    """Log groups."""

    retention_days: int = key("Days that logs are kept.", rules.RETENTION, default=365)


@dataclass(frozen=True, slots=True)
class AlertsConfig:
    """Who hears of trouble."""

    alarms: bool = key("Alarms on what AWS measures, and a dashboard of it.", default=True)
    emails: tuple[str, ...] = key(
        "Addresses that are asked to subscribe to the alerts' topic.",
        rules.each(rules.EMAIL),
        default=(),
        example=("alerts@gacp.example",),
    )


@dataclass(frozen=True, slots=True)
class WorkloadsConfig:
    """What runs."""

    image_digest: str = key(
        "Digest of the application's image in this stack's repository; wanted by profile host.",
        rules.optional(rules.DIGEST),
        default="",
        example="sha256:" + "0" * 64,
    )
    edge_image: str = key(
        "nginx image of profile host, by digest.",
        rules.optional(rules.IMAGE),
        default="",
        example="nginxinc/nginx-unprivileged@sha256:" + "0" * 64,
    )
    log_level: str = key(
        "Least level that is logged.",
        rules.one_of(("debug", "info", "warning", "error"), "debug, info, warning or error"),
        default="info",
    )


@dataclass(frozen=True, slots=True)
class TagsConfig:
    """Tags that every resource carries beside those that the program sets itself."""

    owner: str = key("Who answers for the stack.", rules.TAG_VALUE, default="gacp-platform")
    cost_centre: str = key("Who pays for it.", rules.TAG_VALUE, default="gacp")
