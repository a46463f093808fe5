"""Rules and computed values of EventBridge."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.provider_source import named
from infra.local.aws.catalogue.tokens import LOG_GROUP, QUEUE, TOPIC
from infra.local.aws.codec import Properties, Value, at, plain
from infra.local.aws.making import Making, render
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_FIELDS = 6  # minutes, hours, day of month, month, day of week, year
_SCHEDULES = (
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"
)


def _of_bus(making: Making, name: Value, between: str) -> Value:
    bus = making.given("eventBusName", "default")
    return name if bus == "default" else f"{bus}{between}{name}"


def rule_id(making: Making) -> Value:
    """The name, with its bus before it unless that is the default one."""
    return _of_bus(making, making.outputs.setdefault("name", named(making)), "/")


def target_name(making: Making) -> Value:
    """The id inside the rule: the given one, or a random one."""
    return making.given("targetId") or render("terraform-{token}", making)


def target_id(making: Making) -> Value:
    mine = making.outputs.setdefault("targetId", target_name(making))
    return _of_bus(making, f"{making.given('rule')}-{mine}", "-")


def one_state(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        if inputs.get("isEnabled") is not None and inputs.get("state") is not None:
            yield Failure("isEnabled", f"isEnabled and state exclude each other ({source})")

    return rule


def some_trigger(source: str) -> Rule:
    """A pattern, a schedule or both; schedules are of the default bus."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        timed = inputs.get("scheduleExpression")
        if timed is None and inputs.get("eventPattern") is None:
            shown = f"eventPattern or scheduleExpression is needed ({source})"
            yield Failure("eventPattern", shown)
        bus = inputs.get("eventBusName")
        if timed is not None and known(bus) and bus != "default":
            shown = f"ValidationException: schedules are of the default bus, not {bus!r}"
            yield Failure("scheduleExpression", f"{shown} ({_SCHEDULES})")

    return rule


def schedule(path: str, source: str) -> Rule:
    """`rate(5 minutes)`, or `cron(…)` with six fields of which one day field is `?`."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            fault = schedule_fault(str(value)) if known(value) else ""
            if fault:
                shown = f"ValidationException: {path} {value!r} {fault} ({source})"
                yield Failure(path.split("[")[0].split(".")[0], shown)

    return rule


def schedule_fault(text: str) -> str:
    """What is wrong with a schedule; empty for a good one."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", text)
    if rate:
        count, plural = int(rate[1]), bool(rate[3])
        if count < 1 or plural != (count > 1):
            return "is no rate: write rate(1 day) or rate(2 days)"
        return ""
    cron = re.fullmatch(r"cron\((.+)\)", text)
    if not cron:
        return "is neither rate(…) nor cron(…)"
    fields = cron[1].split()
    if len(fields) != _FIELDS:
        return f"has {len(fields)} fields; cron takes minutes hours day month weekday year"
    if (fields[2] == "?") == (fields[4] == "?"):
        return "must have ? in exactly one of day of month and day of week"
    for name, field, low, high in zip(_NAMES, fields, _LOW, _HIGH, strict=True):
        numbers = [int(number) for number in re.findall(r"(?<![/#\d])\d+", field)]
        if any(not low <= number <= high for number in numbers):
            return f"has {name} {field!r}, which is not in {low}-{high}"
        if not re.fullmatch(r"[\dA-Z*?,/#LW-]+", field):
            return f"has {name} {field!r}, which cron does not know"
    return ""


_NAMES = ("minutes", "hours", "day of month", "month", "day of week", "year")
_LOW = (0, 0, 1, 1, 1, 1970)
_HIGH = (59, 23, 31, 12, 7, 2199)


def event_pattern(source: str) -> Rule:
    """A JSON object of lists and objects, 4,096 characters at most."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        text = inputs.get("eventPattern")
        if not known(text):
            return
        try:
            found: Any = json.loads(str(text))
        except ValueError as error:
            shown = f"InvalidEventPatternException: not JSON ({error}) ({source})"
            yield Failure("eventPattern", shown)
            return
        fault = _pattern_fault(found)
        if len(json.dumps(found, separators=(",", ":"))) > 4096:
            fault = "has more than 4096 characters"
        if fault:
            shown = f"InvalidEventPatternException: the pattern {fault} ({source})"
            yield Failure("eventPattern", shown)

    return rule


def _pattern_fault(found: Any) -> str:
    if not isinstance(found, dict) or not found:
        return "is not an object with fields"
    for key, value in found.items():
        if isinstance(value, dict):
            fault = _pattern_fault(value)
            if fault:
                return fault
        elif not isinstance(value, list) or not value:
            return f"has {key!r} without a list of values"
    return ""


def input_paths(source: str) -> Rule:
    """Up to 100 variables, none beginning with AWS."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for paths in at(inputs, "inputTransformer.inputPaths"):
            if isinstance(paths, dict) and len(paths) > 100:
                shown = f"inputPaths: {len(paths)} variables; 100 are allowed ({source})"
                yield Failure("inputTransformer", shown)
            for name in paths if isinstance(paths, dict) else ():
                if str(name).startswith("AWS"):
                    shown = f"inputPaths: {name!r} begins with AWS, which is kept ({source})"
                    yield Failure("inputTransformer", shown)

    return rule


_KINDS = {"sqs": (QUEUE,), "sns": (TOPIC,), "logs": (LOG_GROUP,)}


def target_exists(world: World, making: Making) -> None:
    """A queue, topic or log group that is named exists, in the rule's region (API_PutTargets: the
    targets that it knows, and that a queue is of the same region).
    """
    arn = str(making.given("arn"))
    service, region = (arn.split(":") + [""] * 4)[2:4]
    tokens = _KINDS.get(service)
    if tokens is None:
        return
    found = world.find(tokens, arn.removesuffix(":*"), ("arn",), anywhere=True)
    if found is None or region != making.region:
        said = f"is in {region}" if found else "does not exist"
        raise AwsError(
            "ValidationException", f"arn: target {arn} {said}; name one of {making.region}"
        )


def group_for_fifo(world: World, making: Making) -> None:
    """A FIFO queue needs a message group, and only it takes one."""
    queue = world.find((QUEUE,), making.given("arn"), ("arn",))
    fifo = bool(queue and plain(queue.inputs.get("fifoQueue")))
    grouped = bool(at(making.inputs, "sqsTarget.messageGroupId"))
    if queue and fifo != grouped:
        need = "needs" if fifo else "takes no"
        raise AwsError(
            "ValidationException",
            f"Parameter(s) SqsParameters: queue {queue.id} {need} sqsTarget.messageGroupId",
        )
