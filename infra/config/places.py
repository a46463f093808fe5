"""What the configured region does not have, each with the nearest thing that it has."""

from __future__ import annotations

from collections.abc import Iterator

from infra.backup.plan import copy_region
from infra.config.choices import ComputeProfile, DatabaseKind
from infra.config.errors import Problem
from infra.config.settings import Settings
from infra.regions.table import (
    Service,
    has_class,
    has_service,
    nearest_class,
    regions,
    regions_with,
    source,
    zones,
)


def missing_there(settings: Settings) -> Iterator[Problem]:
    """Everything that the stack asks of its region in vain. An unknown region is one problem."""
    region = settings.aws.region
    if region not in regions():
        yield Problem("aws:region", region, f"must be a region of AWS ({source()})")
        return
    yield from _zones(settings)
    yield from _services(settings)
    yield from _classes(settings)
    yield from _copies(settings)


def _zones(settings: Settings) -> Iterator[Problem]:
    there = zones(settings.aws.region)
    lacking = [zone[-1] for zone in settings.zones if zone not in there]
    if lacking:
        letters = ", ".join(zone[-1] for zone in there)
        yield Problem(
            "gacp:network.zones",
            list(settings.stack.network.zones),
            f"{settings.aws.region} has no zone {', '.join(lacking)}",
            f"it has {letters}",
        )


# Services with classes of their own, by the name that the table of classes has for them.
_WITH_CLASSES = {"docdb": Service.DOCUMENTDB, "elasticache": Service.ELASTICACHE}


def _needed(settings: Settings) -> Iterator[Service]:
    if settings.stack.database.kind is DatabaseKind.DOCUMENTDB:
        yield Service.DOCUMENTDB
    yield Service.ELASTICACHE
    if settings.stack.compute.profile is ComputeProfile.CLUSTER:
        yield Service.EKS
    backup = settings.stack.backup
    if backup.enabled:
        yield Service.BACKUP
    if backup.enabled and backup.restore_testing:
        yield Service.RESTORE_TESTING


def _services(settings: Settings) -> Iterator[Problem]:
    region = settings.aws.region
    for service in _needed(settings):
        if not has_service(region, service):
            nearest = regions_with(service, region)[:3]
            yield Problem(
                "aws:region",
                region,
                f"{service} is not to be had there ({source()})",
                f"nearest regions that have it: {', '.join(nearest)}",
            )


def _copies(settings: Settings) -> Iterator[Problem]:
    backup, buckets = settings.stack.backup, settings.stack.storage.backup_copies
    points = backup.enabled and backup.copies
    region = copy_region(settings.aws.region, backup)
    if not (points or buckets):
        return
    if region not in regions():
        yield Problem("gacp:backup.copyRegion", region, f"must be a region of AWS ({source()})")
    elif points and not has_service(region, Service.BACKUP):
        nearest = regions_with(Service.BACKUP, region)[:3]
        yield Problem(
            "gacp:backup.copyRegion",
            region,
            f"{Service.BACKUP} is not to be had there ({source()})",
            f"nearest regions that have it: {', '.join(nearest)}",
        )


def _classes(settings: Settings) -> Iterator[Problem]:
    region = settings.aws.region
    for key, table, name in _asked(settings):
        of_service = _WITH_CLASSES.get(table)
        if of_service and not has_service(region, of_service):
            continue  # the service's own problem says more
        if not has_class(region, table, name):
            nearest = nearest_class(region, table, name)
            yield Problem(
                f"gacp:{key}",
                name,
                f"{region} has no such class ({source()})",
                f"the nearest that it has is {nearest}" if nearest else "it has none of that size",
            )


def _asked(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """(key, table of classes, class) of every machine that the stack makes."""
    stack = settings.stack
    if stack.compute.profile is ComputeProfile.HOST:
        yield "compute.instanceType", "ec2", stack.compute.instance_type
    if stack.compute.profile is ComputeProfile.CLUSTER:
        yield "compute.cluster.nodeType", "ec2", stack.compute.cluster.node_type
    if stack.database.kind is DatabaseKind.DOCUMENTDB:
        yield "database.instanceClass", "docdb", stack.database.instance_class
    yield "redis.queue.nodeType", "elasticache", stack.redis.queue.node_type
    yield "redis.cache.nodeType", "elasticache", stack.redis.cache.node_type
