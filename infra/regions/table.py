"""Look-ups in the dated table of what each region has. Plain data: no AWS call is made."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("regions.json")
REGIONS_SOURCE = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"

# Letters of the zones that a new account sees; where a region has more, only the first ones are
# sure.
_MORE_ZONES = {
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
}
_FEWER_ZONES = {"us-west-1": "ac", "ca-central-1": "abd"}


class Service(StrEnum):
    """A service, or a part of one, that some regions lack. The value is its name for people."""

    EKS = "EKS"
    DOCUMENTDB = "DocumentDB"
    ELASTICACHE = "ElastiCache"
    BACKUP = "AWS Backup"
    RESTORE_TESTING = "AWS Backup restore testing"
    WAF = "AWS WAF"


# Newer than the frozen lists, each with its source and the day it was seen.
_SINCE = {
    # 2026-07-14, https://docs.aws.amazon.com/aws-backup/latest/devguide/doc-history.html
    ("ap-southeast-7", Service.RESTORE_TESTING),
}


@cache
def _table() -> dict[str, Any]:
    return json.loads(FILE.read_text("utf-8"))


def source() -> str:
    """Where the lists are from and of which day, for messages."""
    return f"{_table()['source']}, as of {_table()['asOf']}"


def regions() -> tuple[str, ...]:
    return tuple(_table()["regions"])


def zones(region: str) -> tuple[str, ...]:
    """Names of the availability zones of a region, in order."""
    letters = (_MORE_ZONES | _FEWER_ZONES).get(region, "abc")
    return tuple(f"{region}{letter}" for letter in letters)


def has_service(region: str, service: Service) -> bool:
    return (region, service) in _SINCE or service.name in _table()["services"].get(region, ())


def regions_with(service: Service, like: str) -> tuple[str, ...]:
    """Regions that have a service, those of the same part of the world as `like` first."""
    having = [region for region in regions() if has_service(region, service)]
    area = like.rpartition("-")[0]
    return tuple(sorted(having, key=lambda region: (_apart(region, area), region)))


def _apart(region: str, area: str) -> int:
    if region.startswith(f"{area}-"):
        return 0
    return 1 if region.partition("-")[0] == area.partition("-")[0] else 2


def sizes_of(service: str, family: str) -> tuple[str, ...]:
    """Every size of an instance family anywhere; empty where no region has the family."""
    return tuple(_table()["sizes"][service].get(family, ()))


def has_class(region: str, service: str, name: str) -> bool:
    """Whether the region has this instance class; `service` is ec2, docdb or elasticache."""
    family, _, size = name.rpartition(".")
    return size in _sizes_in(region, service).get(family, ())


def nearest_class(region: str, service: str, name: str) -> str | None:
    """The class of the region that is most like `name`: the same kind and size where there is one.

    Families differ by kind (`t`, `m`, `r`), processor and generation; a newer generation is
    nearer than an older one. None where the region has nothing of that size.
    """
    family, _, size = name.rpartition(".")
    prefix, wanted = _prefix(family), _parts(family)
    candidates = [
        other
        for other, sizes in _sizes_in(region, service).items()
        if size in sizes and _prefix(other) == prefix
    ]
    return (
        f"{min(candidates, key=lambda other: _distance(wanted, _parts(other)))}.{size}"
        if candidates
        else None
    )


@cache
def _sizes_in(region: str, service: str) -> dict[str, tuple[str, ...]]:
    """Families that the region has, with their sizes. `family!a,b` has only sizes a and b."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in _table()["regions"].get(region, {}).get(service, ()):
        family, _, only = str(entry).partition("!")
        found[family] = tuple(only.split(",")) if only else sizes_of(service, family)
    return found


def _prefix(family: str) -> str:
    """`db` of `db.r6g`, `cache` of `cache.t4g`, nothing for a machine's."""
    return family.rpartition(".")[0]


def _parts(family: str) -> tuple[str, int, str]:
    """Kind, generation and processor with extras: `r6gd` is r, 6, gd; `m5` is Intel's, as `m6i`."""
    found = re.fullmatch(r"([a-z]+)(\d+)(.*)", family.rpartition(".")[2])
    return (found[1], int(found[2]), found[3] or "i") if found else (family, 0, "")


def _distance(wanted: tuple[str, int, str], other: tuple[str, int, str]) -> tuple[Any, ...]:
    kind, generation, processor = wanted
    return (
        other[0] != kind,
        other[2][:1] != processor[:1],  # an arm64 image doesn't start on another processor
        other[2] != processor,
        abs(other[1] - generation),
        other[1] < generation,
        other,
    )
