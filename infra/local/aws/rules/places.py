"""Regions, zones and instance classes: what AWS has where."""

from __future__ import annotations

from collections.abc import Iterator

from infra.local.aws.codec import Properties, at
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import Failure, Rule, Scope
from infra.regions.table import (
    REGIONS_SOURCE,
    Service,
    has_class,
    has_service,
    regions,
    regions_with,
    sizes_of,
    source,
    zones,
)


def zone_id(zone: str) -> str:
    """The zone's id that is the same in every account, such as `apse1-az1` for `ap-southeast-1a`.

    AWS shuffles names over ids by account; here the order is kept.
    """
    region, letter = zone[:-1], zone[-1]
    area, *rest = region.split("-")
    directions = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c"}
    middle = rest[-2]
    for word, short in directions.items():
        middle = middle.replace(word, short)
    extra = "".join(part[0] for part in rest[:-2])
    number = "abcdef".index(letter) + 1
    return f"{area}{extra}{middle}{rest[-1]}-az{number}"


def instance_class(path: str, service: str) -> Rule:
    """The class must exist, and in the region where the resource is made."""

    def rule(inputs: Properties, scope: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if (
                isinstance(value, str)
                and known(value)
                and not has_class(scope.region, service, value)
            ):
                family = value.rpartition(".")[0]
                sizes = sizes_of(service, family)
                code = "InvalidParameterValue"
                hint = f"; {family} has {', '.join(sizes)}" if sizes else ""
                yield Failure(
                    path.split("[")[0].split(".")[0],
                    f"{code}: {path} {value!r} is not to be had in {scope.region}{hint}"
                    f" ({source()})",
                )

    return rule


def zone(path: str) -> Rule:
    """The zone must be one of the region's."""

    def rule(inputs: Properties, scope: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if isinstance(value, str) and known(value) and value not in zones(scope.region):
                has = ", ".join(zones(scope.region))
                yield Failure(
                    path.split("[")[0].split(".")[0],
                    f"InvalidParameterValue: {path} {value!r} is not a zone of {scope.region}, "
                    f"which has {has} ({REGIONS_SOURCE})",
                )

    return rule


def region(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """A resource's own `region` must exist."""
    value = inputs.get("region")
    if isinstance(value, str) and known(value) and value not in regions():
        yield Failure("region", f"region: {value!r} is not an AWS region ({REGIONS_SOURCE})")


def service_is_there(service: Service) -> Rule:
    """The region has the service."""

    def rule(_inputs: Properties, scope: Scope) -> Iterator[Failure]:
        if scope.region in regions() and not has_service(scope.region, service):
            near = ", ".join(regions_with(service, scope.region)[:2])
            shown = f"{service.value} is not to be had in {scope.region}; the nearest: {near}"
            yield Failure("region", f"{shown} ({source()})")

    return rule
