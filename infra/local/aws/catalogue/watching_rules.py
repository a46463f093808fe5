"""Rules of dashboards, alarms of alarms and metric filters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import ALARM, COMPOSITE, LOG_GROUP
from infra.local.aws.codec import Properties, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_BODY = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/"
    "CloudWatch-Dashboard-Body-Structure.html"
)
# What each kind of widget needs among its properties.
_WIDGETS = {
    "metric": ("region",),
    "text": ("markdown",),
    "log": ("region", "query"),
    "alarm": ("alarms",),
    "explorer": ("metrics", "labels"),
    "custom": ("endpoint",),
}
_SIZES = {"width": (1, 24), "height": (1, 1000), "x": (0, 23), "y": (0, 100000)}


def dashboard(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """A JSON object with at most 500 widgets, each of a known kind, in a grid of 24 columns."""
    text = inputs.get("dashboardBody")
    if not known(text):
        return
    for fault in _body_faults(str(text)):
        yield Failure("dashboardBody", f"InvalidParameterInput: {fault} ({_BODY})")


def _body_faults(text: str) -> Iterator[str]:
    try:
        body: Any = json.loads(text)
    except ValueError as error:
        yield f"the body is not JSON ({error})"
        return
    widgets = body.get("widgets") if isinstance(body, dict) else None
    if not isinstance(widgets, list):
        yield "the body is not an object with a list of widgets"
        return
    if len(widgets) > 500:
        yield f"{len(widgets)} widgets; a dashboard takes 500"
    for number, widget in enumerate(widgets):
        for fault in _widget_faults(widget):
            yield f"widget {number} {fault}"


def _widget_faults(widget: Any) -> Iterator[str]:
    if not isinstance(widget, dict) or not isinstance(widget.get("properties"), dict):
        yield "is not an object with type and properties"
        return
    kind = widget.get("type")
    if kind not in _WIDGETS:
        yield f"has type {kind!r}, which is none of {', '.join(_WIDGETS)}"
        return
    for name in _WIDGETS[str(kind)]:
        if name not in widget["properties"]:
            yield f"of type {kind} lacks the property {name}"
    if kind == "metric" and not {"metrics", "annotations"} & widget["properties"].keys():
        yield "of type metric has neither metrics nor annotations"
    for name, (low, high) in _SIZES.items():
        value = widget.get(name, low)
        if not isinstance(value, int) or not low <= value <= high:
            yield f"has {name} {value!r}, which is not in {low}-{high}"


_WORD = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?P<alarm>\"[^\"]*\"|'[^']*'|[^\s()\"']+)"
    r"\s*\)|(?P<join>AND|OR)\b|(?P<not>NOT)\b|(?P<value>TRUE|FALSE)\b|(?P<open>\()|(?P<close>\)))"
)


def alarm_rule(source: str) -> Rule:
    """States of alarms, joined by AND, OR and NOT, with parentheses.

    `AT_LEAST` is not read: a rule that uses it is refused here and would be taken by AWS.
    """

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        text = inputs.get("alarmRule")
        fault = _rule_fault(str(text)) if known(text) else ""
        if fault:
            yield Failure("alarmRule", f"ValidationError: alarmRule {text!r} {fault} ({source})")

    return rule


def _rule_fault(text: str) -> str:
    position, depth, wants_value = 0, 0, True
    while position < len(text.rstrip()):
        word = _WORD.match(text, position)
        if word is None:
            return f"is not understood at {text[position:].strip()[:30]!r}"
        position = word.end()
        ends_value = bool(word["state"] or word["value"] or word["close"])
        if wants_value == bool(word["join"] or word["close"]):
            return f"has {word[0].strip()!r} where {'a state' if wants_value else 'AND or OR'} goes"
        depth += bool(word["open"]) - bool(word["close"])
        if depth < 0:
            return "closes a parenthesis that is not open"
        wants_value = not ends_value
    if depth:
        return "leaves a parenthesis open"
    return "ends where a state goes" if wants_value else ""


def _alarms_in(text: str) -> set[str]:
    """Names of the alarms that a rule asks for, which it gives by name or ARN."""
    named = [word["alarm"] for word in _WORD.finditer(text) if word["alarm"]]
    return {name.strip("\"'").partition(":alarm:")[2] or name.strip("\"'") for name in named}


def alarms_of_rule_exist(world: World, making: Making) -> None:
    for name in sorted(_alarms_in(str(making.given("alarmRule")))):
        found = world.find((ALARM, COMPOSITE), name)
        if found is None or found.region != making.region or name == making.given("alarmName"):
            raise AwsError(
                "ValidationError",
                f"Could not save the composite alarm as alarm {name!r} in the alarm rule does not"
                f" exist in {making.region}",
            )


def no_rule_needs_it(world: World, making: Making) -> None:
    """An alarm that a composite alarm asks for stays."""
    for other in world.store.of_type(COMPOSITE):
        asked = _alarms_in(str(plain(other.inputs.get("alarmRule"))))
        if other.id != making.id and other.region == making.region and making.id in asked:
            raise AwsError(
                "ValidationError",
                f"Cannot delete {making.id}: the rule of composite alarm {other.id} depends on it",
                state=True,
            )


def dimensions(source: str) -> Rule:
    """Up to three fields, and then no default value."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for found in at(inputs, "metricTransformation.dimensions"):
            if not isinstance(found, dict):
                continue
            code = "InvalidParameterException: metricTransformation"
            if len(found) > 3:
                yield Failure(
                    "metricTransformation", f"{code}: {len(found)} dimensions; 3 go ({source})"
                )
            if at(inputs, "metricTransformation.defaultValue"):
                shown = "dimensions and defaultValue are mutually exclusive"
                yield Failure("metricTransformation", f"{code}: {shown} ({source})")
            for field in found.values():
                if known(field) and not str(field).startswith("$"):
                    shown = f"dimension {field!r} is no field such as $.path"
                    yield Failure("metricTransformation", f"{code}: {shown} ({source})")

    return rule


def group_takes_filters(world: World, making: Making) -> None:
    """Groups of the cheaper class have no metric filters (Log classes, user guide)."""
    group = world.find((LOG_GROUP,), making.given("logGroupName"), ("id", "name"))
    kind = plain(group.inputs.get("logGroupClass")) if group else None
    if group and kind not in (None, "STANDARD"):
        raise AwsError(
            "InvalidParameterException",
            f"log group {group.id} has class {kind}, which takes no metric filters",
        )
