"""Rules and computed values of auto scaling groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import (
    LAUNCH_TEMPLATE,
    SCALING_POLICY,
    SUBNET,
    TARGET_GROUP,
)
from infra.local.aws.codec import Properties, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.store import Record
from infra.local.aws.world import World

PROCESSES = (
    *("Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy", "AZRebalance"),
    *("AlarmNotification", "ScheduledActions", "AddToLoadBalancer", "InstanceRefresh"),
)
TERMINATIONS = (
    *("Default", "AllocationStrategy", "OldestLaunchTemplate", "OldestLaunchConfiguration"),
    *("ClosestToNextInstanceHour", "NewestInstance", "OldestInstance"),
)
METRICS = (
    *("GroupMinSize", "GroupMaxSize", "GroupDesiredCapacity", "GroupInServiceInstances"),
    *("GroupPendingInstances", "GroupStandbyInstances", "GroupTerminatingInstances"),
    *("GroupTotalInstances", "GroupInServiceCapacity", "GroupPendingCapacity"),
    *("GroupStandbyCapacity", "GroupTerminatingCapacity", "GroupTotalCapacity"),
    *("WarmPoolDesiredCapacity", "WarmPoolWarmedCapacity", "WarmPoolPendingCapacity"),
    *("WarmPoolTerminatingCapacity", "WarmPoolTotalCapacity"),
    *("GroupAndWarmPoolDesiredCapacity", "GroupAndWarmPoolTotalCapacity"),
)
_DAY, _YEAR = 86400, 31536000
_MOVING = ("$Latest", "$Default")


def zones_of_subnets(making: Making) -> Value:
    zones = [
        making.world.output(SUBNET, subnet, "availabilityZone")
        for subnet in making.given("vpcZoneIdentifiers", [])
    ]
    return sorted({zone for zone in zones if zone})


def sizes(source: str) -> Rule:
    """The least is not more than the most, and what is desired lies between them."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        low, high, wanted = (inputs.get(name) for name in ("minSize", "maxSize", "desiredCapacity"))
        if isinstance(low, int) and isinstance(high, int) and low > high:
            shown = f"ValidationError: Max bound, {high}, must be greater than or equal to min"
            yield Failure("maxSize", f"{shown} bound, {low} ({source})")
        for name, value in (("minSize", low), ("maxSize", high), ("desiredCapacity", wanted)):
            if isinstance(value, int) and value < 0:
                yield Failure(name, f"ValidationError: {name} {value} is negative ({source})")
        below = isinstance(wanted, int) and isinstance(low, int) and wanted < low
        above = isinstance(wanted, int) and isinstance(high, int) and wanted > high
        if below or above:
            shown = f"ValidationError: Desired capacity:{wanted} must be between the specified min"
            yield Failure("desiredCapacity", f"{shown} size:{low} and max size:{high} ({source})")

    return rule


def lifetime(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        seconds = inputs.get("maxInstanceLifetime")
        if isinstance(seconds, int) and seconds and not _DAY <= seconds <= _YEAR:
            shown = f"maxInstanceLifetime: {seconds} seconds is neither 0 nor a day to a year"
            yield Failure("maxInstanceLifetime", f"ValidationError: {shown} ({source})")

    return rule


def maintenance(source: str) -> Rule:
    """Both percentages, at most 100 apart; -1 for both takes the policy away."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for policy in at(inputs, "instanceMaintenancePolicy"):
            if not isinstance(policy, dict):
                continue
            low, high = policy.get("minHealthyPercentage"), policy.get("maxHealthyPercentage")
            if not isinstance(low, int) or not isinstance(high, int):
                continue
            none = (low, high) == (-1, -1)
            fits = 0 <= low <= 100 <= high <= 200 and high - low <= 100
            if not none and not fits:
                shown = f"instanceMaintenancePolicy: {low} % to {high} %: 0-100 and 100-200, at"
                yield Failure(
                    "instanceMaintenancePolicy",
                    f"{shown} most 100 apart, or -1 for both ({source})",
                )

    return rule


def template_named(source: str) -> Rule:
    """A template is given by id or by name."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        found: Any = inputs.get("launchTemplate")
        if isinstance(found, dict) and (found.get("id") is None) == (found.get("name") is None):
            shown = f"launchTemplate: exactly one of id and name is needed ({source})"
            yield Failure("launchTemplate", shown)

    return rule


def tags_differ(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        keys = [key for key in at(inputs, "tags[*].key") if known(key)]
        if len(set(keys)) < len(keys):
            yield Failure("tags", f"ValidationError: tag keys {keys} are not distinct ({source})")
        for key in keys:
            if str(key).lower().startswith("aws:"):
                yield Failure("tags", f"ValidationError: tag {key!r} begins with aws: ({source})")

    return rule


def rollback(source: str) -> Rule:
    """Going back needs a numbered version to go back to."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        asked = at(inputs, "instanceRefresh.preferences.autoRollback")
        version = at(inputs, "launchTemplate.version") or ["$Default"]
        if True in asked and inputs.get("launchTemplate") and version[0] in _MOVING:
            shown = f"autoRollback needs a numbered launchTemplate.version, not {version[0]}"
            yield Failure("instanceRefresh", f"ValidationError: {shown} ({source})")

    return rule


def _template_of(world: World, inputs: Properties) -> tuple[Record | None, Value]:
    """The launch template that a group uses, and the version that it asks for."""
    given: Any = inputs.get("launchTemplate")
    if given:
        found = world.find((LAUNCH_TEMPLATE,), given.get("id"))
        found = found or world.find((LAUNCH_TEMPLATE,), given.get("name"), ("name",))
        return found, given.get("version")
    path = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"
    for named in at(inputs, path):
        found = world.find((LAUNCH_TEMPLATE,), named.get("launchTemplateId"))
        found = found or world.find((LAUNCH_TEMPLATE,), named.get("launchTemplateName"), ("name",))
        return found, named.get("version")
    return None, None


def template_is_whole(world: World, making: Making) -> None:
    """The template's version exists and says image and class (API_CreateAutoScalingGroup)."""
    template, version = _template_of(world, making.inputs)
    if template is None:
        return
    latest = plain(template.outputs.get("latestVersion"))
    if str(version).isdigit() and isinstance(latest, int) and int(str(version)) > latest:
        raise AwsError(
            "ValidationError",
            f"launch template {template.id} has no version {version}; its latest is {latest}",
        )
    overrides = at(making.inputs, "mixedInstancesPolicy.launchTemplate.overrides[*]")
    needed = ("imageId",) if overrides else ("imageId", "instanceType")
    lacking = [name for name in needed if plain(template.inputs.get(name)) is None]
    if lacking and not template.inputs.get("instanceRequirements"):
        raise AwsError(
            "ValidationError",
            "You must use a valid fully-formed launch template. The request must contain the"
            f" parameter {lacking[0]} ({template.id})",
        )


def rollback_has_an_image(world: World, making: Making) -> None:
    """Nothing to go back to where a parameter names the image (API_RefreshPreferences)."""
    template, _ = _template_of(world, making.inputs)
    image = str(plain(template.inputs.get("imageId"))) if template else ""
    asked = at(making.inputs, "instanceRefresh.preferences.autoRollback")
    if True in asked and image.startswith("resolve:ssm:"):
        raise AwsError(
            "ValidationError",
            f"autoRollback is not for a launch template whose image is {image}; name one by id",
        )


def _vpc(world: World, making: Making) -> Value:
    vpcs = {
        world.output(SUBNET, subnet, "vpcId") for subnet in making.given("vpcZoneIdentifiers", [])
    } - {None}
    if len(vpcs) > 1:
        raise AwsError("ValidationError", f"The subnets of a group are of one VPC, not {len(vpcs)}")
    return next(iter(vpcs), None)


def one_vpc(world: World, making: Making) -> None:
    _vpc(world, making)


def targets_are_instances(world: World, making: Making) -> None:
    """Target groups take instances and are of the group's VPC."""
    mine = _vpc(world, making)
    for arn in making.given("targetGroupArns", []):
        group = world.store.get(TARGET_GROUP, arn)
        kind = plain(group.outputs.get("targetType")) if group else "instance"
        theirs = plain(group.outputs.get("vpcId")) if group else mine
        if kind != "instance" or (mine and theirs != mine):
            said = f"is of target type {kind}" if kind != "instance" else f"is of {theirs}"
            raise AwsError(
                "ValidationError",
                "Provided Target Groups may not be valid. Please ensure they exist and are"
                f" configured correctly: {arn} {said}",
            )


def takes_policies_along(world: World, making: Making) -> None:
    """Deleting a group deletes its policies (API_DeleteAutoScalingGroup)."""
    for policy in world.where(SCALING_POLICY, "autoscalingGroupName", making.id):
        world.store.remove(policy)
