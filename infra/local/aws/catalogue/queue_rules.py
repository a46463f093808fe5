"""Rules and computed values of SQS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import QUEUE
from infra.local.aws.codec import Properties, Value, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.rules.documents import actions_in
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_ACCESS = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-customer-managed-policy-examples.html"
)


def managed_encryption(making: Making) -> Value:
    """New queues are encrypted with SQS's own keys unless a KMS key is given."""
    return not making.given("kmsMasterKeyId")


def of_fifo(value: str) -> Callable[[Making], Value]:
    """What a FIFO queue has where it is left out; nothing for a standard one."""
    return lambda making: value if making.given("fifoQueue") else None


def name(source: str) -> Rule:
    """80 letters, digits, hyphens and underscores; `.fifo` ends the names of FIFO queues."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given, fifo = inputs.get("name"), bool(inputs.get("fifoQueue"))
        form = r"[\w-]{1,75}\.fifo" if fifo else r"[\w-]{1,80}"
        if known(given) and not re.fullmatch(form, str(given), re.ASCII):
            says = "75 letters, digits, - and _ and then .fifo" if fifo else "80 of them, no .fifo"
            shown = f"InvalidParameterValue: {given!r} is no queue's name; {says} ({source})"
            yield Failure("name", shown)

    return rule


def only_for_fifo(source: str) -> Rule:
    """Deduplication and throughput limits are a FIFO queue's; a limit by group needs both."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit")
        for given in names:
            if inputs.get(given) not in (None, False) and not inputs.get("fifoQueue"):
                shown = f"InvalidAttributeName: {given} is for FIFO queues; set fifoQueue"
                yield Failure(given, f"{shown} ({source})")
        by_group = inputs.get("fifoThroughputLimit") == "perMessageGroupId"
        if by_group and inputs.get("deduplicationScope", "queue") == "queue":
            shown = "perMessageGroupId needs deduplicationScope messageGroup"
            yield Failure("fifoThroughputLimit", f"InvalidAttributeValue: {shown} ({source})")

    return rule


def redrive(source: str) -> Rule:
    """Where messages go that nobody could handle: a queue, after 1 to 1,000 receives."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        found, fault = _object(inputs.get("redrivePolicy"))
        if found is not None:
            tries, target = found.get("maxReceiveCount"), found.get("deadLetterTargetArn")
            if not str(tries).isdigit() or not 1 <= int(str(tries)) <= 1000:
                fault = f"maxReceiveCount {tries!r} is not a number from 1 to 1000"
            elif not re.fullmatch(r"arn:aws[\w-]*:sqs:[\w-]+:\d{12}:\S+", str(target)):
                fault = f"deadLetterTargetArn {target!r} is not the ARN of a queue"
        if fault:
            yield Failure("redrivePolicy", f"InvalidParameterValue: {fault} ({source})")

    return rule


def redrive_allow(source: str) -> Rule:
    """Which queues may name this one as their dead letter queue."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        found, fault = _object(inputs.get("redriveAllowPolicy"))
        if found is not None:
            permission, sources = found.get("redrivePermission"), found.get("sourceQueueArns")
            if permission not in ("allowAll", "denyAll", "byQueue"):
                fault = f"redrivePermission {permission!r} is none of allowAll, denyAll, byQueue"
            elif (permission == "byQueue") != bool(sources) or len(sources or []) > 10:
                fault = "sourceQueueArns, 1 to 10 of them, goes with byQueue and with it only"
        if fault:
            yield Failure("redriveAllowPolicy", f"InvalidParameterValue: {fault} ({source})")

    return rule


def _object(text: Value) -> tuple[dict[str, Any] | None, str]:
    """The JSON object in a text and no fault, or None and what is wrong with it."""
    if not known(text) or text == "":
        return None, ""
    try:
        found: Any = json.loads(str(text))
    except ValueError as error:
        return None, f"not JSON ({error})"
    return (found, "") if isinstance(found, dict) else (None, "not a JSON object")


def actions_of_queues(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """A queue's policy speaks of SQS and of nothing else."""
    for action in actions_in(inputs.get("policy")):
        if action != "*" and not action.lower().startswith("sqs:"):
            shown = f"InvalidAttributeValue: action {action!r} is out of service scope"
            yield Failure("policy", f"{shown}; write sqs: actions ({_ACCESS})")


def dead_letters_fit(world: World, making: Making) -> None:
    """The dead letter queue exists in the same region, and is FIFO if and only if this one is."""
    found, _ = _object(making.given("redrivePolicy"))
    if found is None:
        return
    arn = found.get("deadLetterTargetArn")
    target = world.find((QUEUE,), arn, ("arn",))
    fault = ""
    if target is None:
        fault = f"dead letter target {arn} does not exist in {making.region}"
    elif bool(plain(target.inputs.get("fifoQueue"))) != bool(making.given("fifoQueue")):
        fault = f"dead letter target {arn} must be FIFO if this queue is, and only then"
    if fault:
        raise AwsError("InvalidParameterValue", f"redrivePolicy: {fault} (API_SetQueueAttributes)")
