"""Rules and computed values of Systems Manager documents and associations."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.aws.catalogue.tokens import ASSOCIATION, DOCUMENT
from infra.local.aws.codec import UNKNOWN, Properties, Value, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

# https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
SCHEMAS = {
    "Command": ("1.2", "2.0", "2.2"),
    "Automation": ("0.3",),
    "Session": ("1.0",),
    "Policy": ("2.0",),
}
LARGEST = 65536  # bytes; General Reference, Systems Manager quotas
SHORTEST_RATE_MINUTES = 30  # of State Manager
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_FIELDS = 6


def _parsed(inputs: Properties) -> Any:
    """The document, where it is JSON text of an object; else nothing."""
    text = plain(inputs.get("content"))
    if not isinstance(text, str) or inputs.get("documentFormat", "JSON") != "JSON":
        return {}
    try:
        found: Any = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def content(source: str) -> Rule:
    """JSON where it says so, with the schema that its kind of document has, and steps."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        text = inputs.get("content")
        if not isinstance(text, str) or not known(text):
            return
        for fault in _content_faults(inputs, text):
            yield Failure("content", f"InvalidDocumentContent: content {fault} ({source})")

    return rule


def _content_faults(inputs: Properties, text: str) -> Iterator[str]:
    if len(text.encode()) > LARGEST:
        yield f"has {len(text.encode())} bytes; {LARGEST} are allowed"
    if inputs.get("documentFormat", "JSON") != "JSON":
        return
    found = _parsed(inputs)
    if not found:
        yield "is no JSON object"
        return
    kind = str(inputs.get("documentType"))
    schema = found.get("schemaVersion")
    if kind in SCHEMAS and schema not in SCHEMAS[kind]:
        yield f"has schemaVersion {schema!r}; {kind} has {', '.join(SCHEMAS[kind])}"
    if kind in ("Command", "Automation") and schema != "1.2" and not found.get("mainSteps"):
        yield "has no mainSteps"
    names = [str(step.get("name")) for step in found.get("mainSteps") or ()]
    if len(set(names)) < len(names):
        yield f"has steps {names}, whose names are not distinct"


def schedule(source: str) -> Rule:
    """`rate` of half an hour at least, `cron` of six fields, or `at`; only `cron` can wait for it.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
    """

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        value = inputs.get("scheduleExpression")
        if not isinstance(value, str) or not known(value):
            return
        fault = _schedule_fault(value)
        if fault:
            shown = f"InvalidSchedule: scheduleExpression {value!r} {fault} ({source})"
            yield Failure("scheduleExpression", shown)
        if value.startswith("rate(") and inputs.get("applyOnlyAtCronInterval") is True:
            shown = f"InvalidParameters: applyOnlyAtCronInterval is not for {value} ({source})"
            yield Failure("applyOnlyAtCronInterval", shown)

    return rule


def _schedule_fault(value: str) -> str:
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", value)
    if rate:
        minutes = int(rate[1]) * _MINUTES[rate[2]]
        short = minutes < SHORTEST_RATE_MINUTES
        return f"is more often than every {SHORTEST_RATE_MINUTES} minutes" if short else ""
    cron = re.fullmatch(r"cron\((.+)\)", value)
    if cron:
        return "" if len(cron[1].split()) == _FIELDS else f"has not {_FIELDS} fields"
    fits = re.fullmatch(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)", value)
    return "" if fits else "is neither rate(…), cron(…) nor at(…)"


def created(making: Making) -> Value:
    return making.outputs.get("createdDate") or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_version(making: Making) -> Value:
    """Each change of the content makes a version, which becomes the default one."""
    before = plain(making.outputs.get("latestVersion"))
    if before and plain(making.outputs.get("hash")) == content_hash(making):
        return before
    return str(int(str(before or 0)) + 1)


def content_hash(making: Making) -> Value:
    text = making.given("content")
    if text == UNKNOWN:
        return UNKNOWN
    return hashlib.sha256(str(text).encode()).hexdigest()


def description(making: Making) -> Value:
    return str(_parsed(making.inputs).get("description", ""))


def schema_version(making: Making) -> Value:
    return str(_parsed(making.inputs).get("schemaVersion", ""))


def declared_parameters(making: Making) -> Value:
    return [
        {
            "name": name,
            "type": str(said.get("type", "String")),
            "description": str(said.get("description", "")),
            "defaultValue": str(said.get("default", "")),
        }
        for name, said in sorted((_parsed(making.inputs).get("parameters") or {}).items())
    ]


def document_exists(world: World, making: Making) -> None:
    """The document is AWS's own or of this account, and has the parameters that are given."""
    named = making.given("name")
    if named == UNKNOWN or str(named).startswith(("AWS-", "AWSSupport-", "arn:")):
        return
    record = world.find((DOCUMENT,), named, ("id", "arn"))
    if record is None:
        raise AwsError("InvalidDocument", f"Document {named} does not exist in your account")
    _parameters_fit(record.inputs, making)


def not_associated(world: World, making: Making) -> None:
    """A document stays while an association runs it (API_DeleteDocument)."""
    for association in world.where(ASSOCIATION, "name", making.id):
        raise AwsError(
            "AssociatedInstances",
            f"{making.id} cannot be deleted: Association {association.id} depends on it",
            state=True,
        )


def _parameters_fit(document: Properties, making: Making) -> None:
    declared: Any = _parsed(plain(document) or {}).get("parameters") or {}  # pyright: ignore[reportArgumentType]
    given: Any = making.given("parameters", {})
    if given == UNKNOWN:
        return
    for name, value in given.items():
        if name not in declared:
            raise AwsError("InvalidParameters", f"{name} is no parameter of {making.given('name')}")
        allowed = declared[name].get("allowedPattern")
        if allowed and known(value) and not re.search(allowed, str(value)):
            raise AwsError(
                "InvalidParameters", f"{name} {value!r} does not match {allowed} of the document"
            )
    lacking = [name for name, said in declared.items() if "default" not in said]
    missing = [name for name in lacking if name not in given]
    if missing:
        raise AwsError("InvalidParameters", f"no value for {', '.join(missing)}")
