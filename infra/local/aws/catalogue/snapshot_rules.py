"""Rules of snapshot policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import KEY
from infra.local.aws.codec import Properties, at
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World
from infra.regions.table import regions

_TOP = "policyDetails"
_BAD = "InvalidRequestException"


def _schedules(inputs: Properties) -> list[dict[str, Any]]:
    return blocks(inputs, "policyDetails.schedules[*]")


def custom_or_default(source: str) -> Rule:
    """A custom policy has schedules, resource types and target tags; a default one a type."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        details: Any = inputs.get(_TOP)
        if not isinstance(details, dict):
            return
        simple = inputs.get("defaultPolicy") is not None
        kind = details.get("policyType")
        needed = ("resourceTypes", "schedules", "targetTags")
        if kind == "EVENT_BASED_POLICY":
            needed = ("action", "eventSource")
        for name in needed if not simple else ():
            if not details.get(name):
                shown = f"{_BAD}: a custom policy needs policyDetails.{name}"
                yield Failure(_TOP, f"{shown} ({source})")
        wrong = ("schedules", "resourceTypes") if simple else ("resourceType", "exclusions")
        for name in wrong:
            if details.get(name) is not None:
                said = "conflicts with defaultPolicy" if simple else "needs defaultPolicy"
                yield Failure(_TOP, f"policyDetails.{name} {said} ({source})")

    return rule


def names_differ(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = [one.get("name") for one in _schedules(inputs) if known(one.get("name"))]
        if len(set(names)) < len(names):
            yield Failure(_TOP, f"{_BAD}: schedule names {names} are not distinct ({source})")

    return rule


def one_rhythm(source: str) -> Rule:
    """Snapshots are made by a cron expression, or every so many hours."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for one in _schedules(inputs):
            made: Any = one.get("createRule")
            if not isinstance(made, dict):
                continue
            by_cron = made.get("cronExpression") is not None
            by_hours = made.get("interval") is not None
            if by_cron == by_hours or (by_cron and made.get("times") is not None):
                shown = f"{_BAD}: createRule takes cronExpression, or interval with times"
                yield Failure(_TOP, f"{shown}, not both ({source})")

    return rule


def one_retention(source: str) -> Rule:
    """Kept by number, or for a time with its unit."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for one in _schedules(inputs):
            kept: Any = one.get("retainRule")
            if not isinstance(kept, dict):
                continue
            number, time = kept.get("count") is not None, kept.get("interval") is not None
            if number == time or time != (kept.get("intervalUnit") is not None):
                shown = f"{_BAD}: retainRule takes count, or interval with intervalUnit"
                yield Failure(_TOP, f"{shown} ({source})")

    return rule


def copies(source: str) -> Rule:
    """A copy goes to a region that exists, and its key encrypts it."""

    def rule(inputs: Properties, scope: Scope) -> Iterator[Failure]:
        for copy in at(inputs, "policyDetails.schedules[*].crossRegionCopyRules[*]"):
            if not isinstance(copy, dict):
                continue
            ways = [copy.get(name) for name in ("target", "targetRegion")]
            if len([way for way in ways if way is not None]) != 1:
                shown = f"{_BAD}: a copy rule takes exactly one of target and targetRegion"
                yield Failure(_TOP, f"{shown} ({source})")
            for place in ways:
                outpost = str(place).startswith("arn:")
                if known(place) and not outpost and place not in regions():
                    shown = f"{_BAD}: {place!r} is not an AWS region"
                    yield Failure(_TOP, f"{shown} ({source})")
                if known(place) and place == scope.region:
                    shown = f"{_BAD}: a copy goes to another region than {place}"
                    yield Failure(_TOP, f"{shown} ({source})")
            if copy.get("cmkArn") is not None and copy.get("encrypted") is False:
                yield Failure(_TOP, f"{_BAD}: cmkArn needs encrypted true ({source})")

    return rule


def key_is_of_the_copies_region(world: World, making: Making) -> None:
    """The key of a copy is of the region that it goes to (API_CrossRegionCopyRule)."""
    for copy in at(making.inputs, "policyDetails.schedules[*].crossRegionCopyRules[*]"):
        key = world.find((KEY,), copy.get("cmkArn"), ("arn",), anywhere=True)
        place = copy.get("target") or copy.get("targetRegion")
        if key and key.region != place and not str(place).startswith("arn:"):
            raise AwsError(
                _BAD, f"cmkArn {copy.get('cmkArn')} is of {key.region} and the copy of {place}"
            )
