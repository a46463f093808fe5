"""Regions, zones and instance classes: what AWS has where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.aws.codec import Properties, at
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import Failure, Rule, Scope

REGIONS_SOURCE = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"
CLASSES_SOURCE = "cfn-lint 1.58.0 region lists"

# Letters of the zones that a new account sees; where a region has more, only the first ones are
# sure.
_MORE_ZONES = {
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
}
_FEWER_ZONES = {"us-west-1": "ac", "ca-central-1": "abd"}


@cache
def _regions() -> dict[str, Any]:
    return json.loads((Path(__file__).parent.parent / "data/regions.json").read_text("utf-8"))


def regions() -> tuple[str, ...]:
    return tuple(_regions()["regions"])


def zones(region: str) -> tuple[str, ...]:
    """Names of the availability zones of a region, in order."""
    letters = (_MORE_ZONES | _FEWER_ZONES).get(region, "abc")
    return tuple(f"{region}{letter}" for letter in letters)


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


def has_class(region: str, service: str, name: str) -> bool:
    """Whether the region has this instance class; `service` is ec2, docdb or elasticache."""
    family, _, size = name.rpartition(".")
    data = _regions()
    if size not in data["sizes"][service].get(family, ()):
        return False
    for entry in data["regions"].get(region, {}).get(service, ()):
        listed, _, only = entry.partition("!")
        if listed == family:
            return not only or size in only.split(",")
    return False


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
                sizes = _regions()["sizes"][service].get(family)
                code = "InvalidParameterValue"
                hint = f"; {family} has {', '.join(sizes)}" if sizes else ""
                yield Failure(
                    path.split("[")[0].split(".")[0],
                    f"{code}: {path} {value!r} is not to be had in {scope.region}{hint}"
                    f" ({CLASSES_SOURCE})",
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
