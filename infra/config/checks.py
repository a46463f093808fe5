"""Contradictions between keys, each a pure function of the whole settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infra.config.choices import ComputeProfile, Environment, NatMode, RedisAuth
from infra.config.errors import Problem
from infra.config.settings import Settings


def contradictions(settings: Settings) -> list[Problem]:
    """Every pair of keys that can't both be meant, in a fixed order."""
    return [problem for check in _CHECKS for problem in check(settings)]


def _an_address_for_people(settings: Settings) -> Iterator[Problem]:
    edge = settings.stack.edge
    if not edge.public_url and not edge.domain:
        yield Problem(
            "gacp:edge.publicUrl",
            edge.public_url,
            "has to be given where gacp:edge.domain is empty",
        )


def _zone_of_a_domain(settings: Settings) -> Iterator[Problem]:
    edge = settings.stack.edge
    if edge.zone_id and not edge.domain:
        yield Problem(
            "gacp:edge.zoneId", edge.zone_id, "is the zone of gacp:edge.domain, which is empty"
        )


def _tokens_want_tls(settings: Settings) -> Iterator[Problem]:
    redis = settings.stack.redis
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html#auth-iam-limits
    if redis.auth is RedisAuth.IAM and not redis.tls:
        yield Problem("gacp:redis.auth", str(redis.auth), "wants gacp:redis.tls to be true")


def _images_of_a_host(settings: Settings) -> Iterator[Problem]:
    if settings.stack.compute.profile is not ComputeProfile.HOST:
        return
    workloads = settings.stack.workloads
    for name, value in (
        ("imageDigest", workloads.image_digest),
        ("edgeImage", workloads.edge_image),
    ):
        if not value:
            yield Problem(
                f"gacp:workloads.{name}", value, "has to be given in compute profile host"
            )


def _a_name_for_the_certificate(settings: Settings) -> Iterator[Problem]:
    profile, domain = settings.stack.compute.profile, settings.stack.edge.domain
    if profile is not ComputeProfile.EXTERNAL and not domain:
        yield Problem(
            "gacp:edge.domain",
            domain,
            f"has to be given in compute profile {profile}: its certificate is made for a name",
        )


def _machines_of_a_host(settings: Settings) -> Iterator[Problem]:
    stack, compute = settings.stack, settings.stack.compute
    if compute.machines > compute.machines_max:
        yield Problem(
            "gacp:compute.machines",
            compute.machines,
            f"must be at most gacp:compute.machinesMax, which is {compute.machines_max}",
        )
    in_prod = stack.environment is Environment.PROD
    several = compute.profile is ComputeProfile.HOST and compute.has_balancer
    if in_prod and several and compute.machines < 2:
        yield Problem(
            "gacp:compute.machines",
            compute.machines,
            "must be at least 2 in environment prod where gacp:compute.machinesMax is over 1",
            "a machine that is lost would take the platform with it, and the balancer helps nobody",
        )


def _nodes_of_a_cluster(settings: Settings) -> Iterator[Problem]:
    stack, cluster = settings.stack, settings.stack.compute.cluster
    if cluster.nodes_min > cluster.nodes_max:
        yield Problem(
            "gacp:compute.cluster.nodesMin",
            cluster.nodes_min,
            f"must be at most gacp:compute.cluster.nodesMax, which is {cluster.nodes_max}",
        )
    if stack.compute.profile is ComputeProfile.CLUSTER and stack.network.nat is NatMode.NONE:
        yield Problem(
            "gacp:network.nat",
            str(stack.network.nat),
            "must be one or per-zone in compute profile cluster: nodes pull images and call out",
        )


def _production_outlives_a_zone(settings: Settings) -> Iterator[Problem]:
    stack = settings.stack
    if stack.environment is not Environment.PROD:
        return
    if stack.compute.profile is ComputeProfile.CLUSTER:
        if len(stack.network.zones) < 3:
            yield Problem(
                "gacp:network.zones", list(stack.network.zones), "must be 3 or more in prod"
            )
        if stack.network.nat is NatMode.ONE:
            yield Problem("gacp:network.nat", "one", "must be per-zone in environment prod")
        if stack.compute.cluster.nodes_min < 2:
            yield Problem(
                "gacp:compute.cluster.nodesMin",
                stack.compute.cluster.nodes_min,
                "must be at least 2 in environment prod",
            )
        if stack.compute.cluster.public_cidrs:
            yield Problem(
                "gacp:compute.cluster.publicCidrs",
                list(stack.compute.cluster.public_cidrs),
                "must be empty in environment prod: its API is reached inside the VPC",
            )


def _copies_lie_elsewhere(settings: Settings) -> Iterator[Problem]:
    region, copies = settings.aws.region, settings.stack.backup.copy_region
    if copies == region:
        yield Problem("gacp:backup.copyRegion", copies, "must be another region than aws:region")


def _production_is_hard_to_hurt(settings: Settings) -> Iterator[Problem]:
    stack = settings.stack
    if stack.environment is not Environment.PROD:
        return
    for name, value in (
        ("safety.protect", stack.safety.protect or stack.safety.retiring),
        ("database.audit", stack.database.audit),
        ("network.flowLogs", stack.network.flow_logs),
    ):
        if not value:
            yield Problem(f"gacp:{name}", value, "must be true in environment prod")
    for name, days, least in (
        ("database.backupDays", stack.database.backup_days, 14),
        ("storage.backupLockDays", stack.storage.backup_lock_days, 30),
        ("redis.queue.snapshotDays", stack.redis.queue.snapshot_days, 7),
        ("logs.retentionDays", stack.logs.retention_days, 90),
    ):
        if days < least:
            yield Problem(f"gacp:{name}", days, f"must be at least {least} in environment prod")


def _plain_text_stays_at_home(settings: Settings) -> Iterator[Problem]:
    stack = settings.stack
    if stack.environment is Environment.LOCAL:
        return
    for name, value in (
        ("database.tls", stack.database.tls),
        ("redis.tls", stack.redis.tls),
        ("mail.tls", stack.mail.tls),
    ):
        if not value:
            yield Problem(f"gacp:{name}", value, "must be true outside environment local")


_CHECKS: tuple[Callable[[Settings], Iterator[Problem]], ...] = (
    _an_address_for_people,
    _zone_of_a_domain,
    _tokens_want_tls,
    _images_of_a_host,
    _a_name_for_the_certificate,
    _machines_of_a_host,
    _nodes_of_a_cluster,
    _production_outlives_a_zone,
    _copies_lie_elsewhere,
    _production_is_hard_to_hurt,
    _plain_text_stays_at_home,
)
