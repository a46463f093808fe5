"""`getPolicyDocument`: a policy as JSON, as the provider for AWS renders it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from infra.local.aws.codec import Properties

if TYPE_CHECKING:
    from infra.local.aws.lifecycle import Lifecycle

_LISTS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}


def document(_life: Lifecycle, args: Properties) -> Properties:
    """Statements of `sourcePolicyDocuments`, then `statements`, then `overridePolicyDocuments`,
    joined by Sid.

    Raises LookupError for two source statements of one Sid, as the provider for AWS refuses them.
    """
    merged: list[dict[str, Any]] = []
    for text in args.get("sourcePolicyDocuments") or []:
        for statement in _statements_of(text):
            if statement.get("Sid") and statement["Sid"] in {own.get("Sid") for own in merged}:
                raise LookupError(f"duplicate Sid {statement['Sid']!r} in sourcePolicyDocuments")
            merged.append(statement)
    _override(merged, [_statement(item) for item in args.get("statements") or []])
    for text in args.get("overridePolicyDocuments") or []:
        _override(merged, _statements_of(text))
    policy: dict[str, Any] = {"Version": args.get("version") or "2012-10-17"}
    if args.get("policyId"):
        policy["Id"] = args["policyId"]
    policy["Statement"] = merged
    text = json.dumps(policy, indent=2)
    return {
        **args,
        "id": str(int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)),
        "json": text,
        "minifiedJson": json.dumps(policy, separators=(",", ":")),
    }


def _statements_of(text: str) -> list[dict[str, Any]]:
    statements: Any = json.loads(text).get("Statement", [])
    return [statements] if isinstance(statements, dict) else list(statements)


def _override(into: list[dict[str, Any]], statements: list[dict[str, Any]]) -> None:
    for statement in statements:
        for index, own in enumerate(into):
            if statement.get("Sid") and own.get("Sid") == statement["Sid"]:
                into[index] = statement
                break
        else:
            into.append(statement)


def _statement(item: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {}
    if item.get("sid"):
        statement["Sid"] = item["sid"]
    statement["Effect"] = item.get("effect") or "Allow"
    for name, word in _LISTS.items():
        if item.get(name):
            statement[word] = _one_or_sorted(item[name])
    for name, word in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if item.get(name):
            statement[word] = _principals(item[name])
    if item.get("conditions"):
        statement["Condition"] = _conditions(item["conditions"])
    return statement


def _one_or_sorted(values: list[str]) -> str | list[str]:
    """A single value stands alone; several are in reverse order, as the provider for AWS writes
    them.
    """
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _principals(entries: list[dict[str, Any]]) -> Any:
    if [(entry["type"], entry["identifiers"]) for entry in entries] == [("*", ["*"])]:
        return "*"
    kinds: dict[str, list[str]] = {}
    for entry in entries:
        kinds.setdefault(entry["type"], []).extend(entry["identifiers"])
    return {kind: _one_or_sorted(names) for kind, names in kinds.items()}


def _conditions(entries: list[dict[str, Any]]) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    for entry in entries:
        values: list[str] = entry["values"]
        held = conditions.setdefault(entry["test"], {})
        held[entry["variable"]] = values[0] if len(values) == 1 else values
    return conditions
