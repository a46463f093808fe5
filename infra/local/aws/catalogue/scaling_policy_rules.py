"""Rules and computed values of scaling policies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from infra.local.aws.codec import UNKNOWN, Properties, Value, at
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import Failure, Rule, Scope

TYPES = ("SimpleScaling", "StepScaling", "TargetTrackingScaling", "PredictiveScaling")
ADJUSTMENTS = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")
PREDEFINED = (
    *("ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut"),
    "ALBRequestCountPerTarget",
)
# What each type needs, and what only some types take.
_NEEDS = {
    "SimpleScaling": ("adjustmentType", "scalingAdjustment"),
    "StepScaling": ("adjustmentType", "stepAdjustments"),
    "TargetTrackingScaling": ("targetTrackingConfiguration",),
    "PredictiveScaling": ("predictiveScalingConfiguration",),
}
_TAKEN_BY = {
    "adjustmentType": ("SimpleScaling", "StepScaling"),
    "cooldown": ("SimpleScaling",),
    "estimatedInstanceWarmup": ("StepScaling", "TargetTrackingScaling"),
    "metricAggregationType": ("StepScaling",),
    "minAdjustmentMagnitude": ("SimpleScaling", "StepScaling"),
    "scalingAdjustment": ("SimpleScaling",),
    "stepAdjustments": ("StepScaling",),
    "targetTrackingConfiguration": ("TargetTrackingScaling",),
    "predictiveScalingConfiguration": ("PredictiveScaling",),
}


def aggregation(making: Making) -> Value:
    return "Average" if making.given("policyType") == "StepScaling" else None


def of_type(source: str) -> Rule:
    """A policy has what its type needs, and nothing of another type."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        kind = inputs.get("policyType")
        if not known(kind) or kind not in _NEEDS:
            return
        for name in _NEEDS[str(kind)]:
            if inputs.get(name) is None:
                yield Failure(name, f"ValidationError: policyType {kind} needs {name} ({source})")
        for name, kinds in _TAKEN_BY.items():
            if inputs.get(name) is not None and kind not in kinds:
                shown = (
                    f"ValidationError: {name} is supported for {' and '.join(kinds)}, not {kind}"
                )
                yield Failure(name, f"{shown} ({source})")
        unit = inputs.get("adjustmentType")
        alone = inputs.get("minAdjustmentMagnitude") is not None
        if alone and known(unit) and unit != "PercentChangeInCapacity":
            shown = f"minAdjustmentMagnitude goes with PercentChangeInCapacity, not {unit}"
            yield Failure("minAdjustmentMagnitude", f"ValidationError: {shown} ({source})")

    return rule


def steps(source: str) -> Rule:
    """Steps meet end to end: no gaps, no overlaps, one without each end at most."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given = at(inputs, "stepAdjustments[*]")
        ends: list[tuple[float, float]] = []
        for step in given:
            if step == UNKNOWN:
                return
            bounds = [step.get(f"metricInterval{side}Bound") for side in ("Lower", "Upper")]
            if any(bound is not None and not known(bound) for bound in bounds):
                return
            low, high = (_number(bound, end) for bound, end in zip(bounds, _ENDS, strict=True))
            if low is None or high is None:
                shown = f"ValidationError: step bounds {bounds} are no numbers"
                yield Failure("stepAdjustments", f"{shown} ({source})")
                return
            ends.append((low, high))
        ends.sort()
        apart = any(one[1] != other[0] for one, other in pairwise(ends))
        if apart or any(low >= high for low, high in ends):
            shown = f"ValidationError: steps {ends} do not meet end to end"
            yield Failure("stepAdjustments", f"{shown} ({source})")

    return rule


_ENDS = (float("-inf"), float("inf"))


def _number(bound: Value, end: float) -> float | None:
    try:
        return end if bound is None else float(bound)
    except (TypeError, ValueError):
        return None


def tracked(source: str) -> Rule:
    """A metric that is predefined or described; requests per target are of a balancer's group."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        found: Any = inputs.get("targetTrackingConfiguration")
        if not isinstance(found, dict):
            return
        ways = ("predefinedMetricSpecification", "customizedMetricSpecification")
        if len([way for way in ways if found.get(way) is not None]) != 1:
            shown = f"ValidationError: exactly one of {' and '.join(ways)} is needed"
            yield Failure("targetTrackingConfiguration", f"{shown} ({source})")
        kinds = at(found, "predefinedMetricSpecification.predefinedMetricType")
        label = at(found, "predefinedMetricSpecification.resourceLabel")
        if "ALBRequestCountPerTarget" in kinds and not label:
            shown = "ValidationError: ALBRequestCountPerTarget needs resourceLabel"
            yield Failure("targetTrackingConfiguration", f"{shown} ({source})")

    return rule
