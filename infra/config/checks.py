"""Contradictions between keys, each a pure function of the whole settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from infra.config.choices import ComputeProfile, Environment, NatMode, RedisAuth
from infra.config.compute_checks import images_of_a_host, machines_of_a_host, nodes_of_a_cluster
from infra.config.elsewhere_checks import (
    a_secret_lies_at_hand,
    a_subnet_has_one_tier,
    an_external_database_is_found,
    every_zone_has_its_subnets,
)
from infra.config.errors import Problem
from infra.config.settings import Settings

MOST_NODES = 90  # of one replication group, by AWS's own quota


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


def _shards_fail_over(settings: Settings) -> Iterator[Problem]:
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    # (AutomaticFailoverEnabled must be enabled in cluster mode), and the quota of nodes.
    cache = settings.stack.redis.cache
    if cache.shards and not cache.replicas:
        rule = "must be 1 or more where gacp:redis.cache.shards is given: its shards fail over"
        yield Problem("gacp:redis.cache.replicas", cache.replicas, rule)
    nodes = cache.shards * (1 + cache.replicas)
    if nodes > MOST_NODES:
        rule = f"makes {nodes} nodes with their replicas, and a group has {MOST_NODES} at most"
        yield Problem("gacp:redis.cache.shards", cache.shards, rule, "take fewer of either")


def _a_name_for_the_certificate(settings: Settings) -> Iterator[Problem]:
    profile, domain = settings.stack.compute.profile, settings.stack.edge.domain
    if profile is not ComputeProfile.EXTERNAL and not domain:
        yield Problem(
            "gacp:edge.domain",
            domain,
            f"has to be given in compute profile {profile}: its certificate is made for a name",
        )


def _what_stands_in_front(settings: Settings) -> Iterator[Problem]:
    stack, cdn = settings.stack, settings.stack.edge.cdn
    if not cdn.enabled:
        return
    if stack.compute.profile is ComputeProfile.EXTERNAL:
        yield Problem(
            "gacp:edge.cdn.enabled",
            cdn.enabled,
            "must be false in compute profile external: the stack has no edge of its own",
        )
    if stack.edge.trusted_proxies:
        yield Problem(
            "gacp:edge.trustedProxies",
            list(stack.edge.trusted_proxies),
            "must be empty where gacp:edge.cdn.enabled is true: CloudFront is the one proxy then",
        )
    if stack.environment is Environment.PROD and not cdn.waf:
        yield Problem(
            "gacp:edge.cdn.waf", cdn.waf, "must be true in environment prod (CloudFront.6)"
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
        if stack.network.nat is NatMode.ONE and not stack.network.adopt.vpc_id:
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


def _a_pipeline_knows_its_state(settings: Settings) -> Iterator[Problem]:
    pipeline = settings.stack.pipeline
    if pipeline.repository and not pipeline.state_bucket:
        yield Problem(
            "gacp:pipeline.stateBucket",
            pipeline.state_bucket,
            "has to be given with gacp:pipeline.repository: a preview reads the state",
        )


def _locks_end_before_backups_do(settings: Settings) -> Iterator[Problem]:
    backup, lock = settings.stack.backup, settings.stack.storage.backup_lock_days
    lives = (
        ("dailyDays", backup.daily_days),
        ("weeklyDays", backup.weekly_days),
        ("monthlyDays", backup.monthly_days),
    )
    for (often, shorter), (seldom, longer) in pairwise(lives):
        if longer < shorter:
            yield Problem(
                f"gacp:backup.{seldom}",
                longer,
                f"must be at least gacp:backup.{often}, which is {shorter}",
            )
    name, least = min(lives, key=lambda life: life[1])
    if lock > least:
        yield Problem(
            "gacp:storage.backupLockDays",
            lock,
            f"must be at most gacp:backup.{name}, which is {least}: "
            "what is locked longer than it is kept outlives its end",
        )


def _production_is_hard_to_hurt(settings: Settings) -> Iterator[Problem]:
    stack = settings.stack
    if stack.environment is not Environment.PROD:
        return
    for name, value in (
        ("safety.protect", stack.safety.protect or stack.safety.retiring),
        ("safety.retain", stack.safety.retain or stack.safety.retiring),
        ("database.audit", stack.database.audit),
        ("network.flowLogs", stack.network.flow_logs or stack.network.adopt.vpc_id),
        ("storage.backupCopies", stack.storage.backup_copies),
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
    _shards_fail_over,
    images_of_a_host,
    _a_name_for_the_certificate,
    _what_stands_in_front,
    machines_of_a_host,
    nodes_of_a_cluster,
    _production_outlives_a_zone,
    _copies_lie_elsewhere,
    _a_pipeline_knows_its_state,
    _locks_end_before_backups_do,
    _production_is_hard_to_hurt,
    _plain_text_stays_at_home,
    every_zone_has_its_subnets,
    a_subnet_has_one_tier,
    an_external_database_is_found,
    a_secret_lies_at_hand,
)
