"""Rules and computed values of budgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.aws.codec import Properties, Value, at
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import Failure, Rule, Scope

_FORMAT = "%Y-%m-%d_%H:%M"
_SPENT = ("COST", "USAGE")
TYPES = (
    *_SPENT,
    "RI_UTILIZATION",
    "RI_COVERAGE",
    "SAVINGS_PLANS_UTILIZATION",
    "SAVINGS_PLANS_COVERAGE",
)


def this_month(making: Making) -> Value:
    """A budget without a beginning begins with the period that it is made in."""
    today = datetime.now(UTC).replace(hour=0, minute=0)
    unit = making.given("timeUnit")
    first = today if unit == "DAILY" else today.replace(day=1)
    if unit == "QUARTERLY":
        first = first.replace(month=first.month - (first.month - 1) % 3)
    if unit == "ANNUALLY":
        first = first.replace(month=1)
    return first.strftime(_FORMAT)


def cost_types(making: Making) -> Value:
    """What counts as cost where nothing is said: everything, unblended."""
    if making.given("budgetType") != "COST":
        return None
    counted = (
        *("Credit", "Discount", "OtherSubscription", "Recurring", "Refund", "Subscription"),
        *("Support", "Tax", "Upfront"),
    )
    kinds = {f"include{name}": True for name in counted}
    return {**kinds, "useAmortized": False, "useBlended": False}


def times(source: str) -> Rule:
    """Times such as 2026-11-01_00:00; the end comes after the beginning."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        paths = ("timePeriodStart", "timePeriodEnd", "plannedLimits[*].startTime")
        read: dict[str, datetime] = {}
        for path in paths:
            for value in at(inputs, path):
                found = _time(value)
                if known(value) and found is None:
                    shown = f"{path}: {value!r} is no time such as 2026-11-01_00:00"
                    yield Failure(path.split("[")[0], f"{shown} ({source})")
                elif found:
                    read[path] = found
        start, end = read.get("timePeriodStart"), read.get("timePeriodEnd")
        if start and end and end <= start:
            shown = "InvalidParameterException: timePeriodEnd is not after timePeriodStart"
            yield Failure("timePeriodEnd", f"{shown} ({source})")

    return rule


def _time(value: Value) -> datetime | None:
    try:
        return datetime.strptime(str(value), _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def some_limit(source: str) -> Rule:
    """Spending has a limit; use and coverage of reservations are measured against 100 %."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        kind, amount = inputs.get("budgetType"), inputs.get("limitAmount")
        ways = ("limitAmount", "plannedLimits", "autoAdjustData")
        if kind in _SPENT and not any(inputs.get(name) for name in ways):
            shown = f"InvalidParameterException: a {kind} budget needs one of {', '.join(ways)}"
            yield Failure("limitAmount", f"{shown} ({source})")
        if (amount is None) != (inputs.get("limitUnit") is None):
            yield Failure("limitUnit", f"limitAmount and limitUnit go together ({source})")
        fixed = known(kind) and kind in TYPES and kind not in _SPENT
        if fixed and known(amount) and float(str(amount)) != 100:
            shown = f"InvalidParameterException: a {kind} budget has the limit 100 PERCENTAGE"
            yield Failure("limitAmount", f"{shown}, not {amount} ({source})")
        if inputs.get("plannedLimits") and inputs.get("timeUnit") not in ("MONTHLY", "QUARTERLY"):
            shown = "plannedLimits go with MONTHLY and QUARTERLY"
            yield Failure("plannedLimits", f"InvalidParameterException: {shown} ({source})")

    return rule


def filters(source: str) -> Rule:
    """One way of filtering; a filter by tag says `user:Key$value`."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        if inputs.get("costFilters") and inputs.get("filterExpression"):
            shown = "costFilters and filterExpression exclude each other; leave one out"
            yield Failure("costFilters", f"{shown} ({source})")
        names = at(inputs, "costFilters[*].name")
        if len(set(map(str, names))) < len([name for name in names if known(name)]):
            yield Failure("costFilters", f"costFilters: a name stands twice ({source})")
        given: Any = inputs.get("costFilters")
        for one in given if isinstance(given, list) else ():
            tagged = isinstance(one, dict) and one.get("name") == "TagKeyValue"
            for value in at(one, "values[*]") if tagged else ():
                if known(value) and "$" not in str(value):
                    shown = f"costFilters: tag {value!r} is not written user:Key$value"
                    yield Failure("costFilters", f"{shown} ({source})")

    return rule


def somebody_is_told(source: str) -> Rule:
    """Each notification has a subscriber, and no two are the same."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given: Any = inputs.get("notifications")
        seen: list[tuple[Value, ...]] = []
        for one in given if isinstance(given, list) else ():
            if not isinstance(one, dict):
                continue
            told = ("subscriberEmailAddresses", "subscriberSnsTopicArns")
            if not any(one.get(name) for name in told):
                shown = "InvalidParameterException: a notification has no subscriber"
                yield Failure("notifications", f"{shown}; give one of {', '.join(told)} ({source})")
            asked = ("notificationType", "comparisonOperator", "threshold", "thresholdType")
            key = tuple(one.get(name) for name in asked)
            if all(map(known, key)) and key in seen:
                shown = f"DuplicateRecordException: two notifications are {key}"
                yield Failure("notifications", f"{shown} ({source})")
            seen.append(key)

    return rule
