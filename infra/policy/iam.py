"""How IAM decides, as far as this repository's policies go: a request against statements.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
reference_policies_elements_condition_operators.html. Policies of the account's own roles alone: no
resource policies, no organisation. An operator that isn't known here is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Statement = Mapping[str, Any]


class UnknownOperatorError(ValueError):
    """A condition has an operator that this module can't judge."""


@dataclass(frozen=True)
class Request:
    """One call on one resource. `context` has the condition keys; lists for keys of many values."""

    action: str
    resource: str = "*"
    context: Mapping[str, Any] = field(default_factory=dict)


def statements_of(document: str) -> list[Statement]:
    return json.loads(document)["Statement"]


def is_allowed(
    request: Request, granted: Sequence[Statement], boundary: Sequence[Statement] | None = None
) -> bool:
    """Allowed by an identity's policies and within its boundary, and refused by neither."""
    layers = [granted] if boundary is None else [granted, boundary]
    if any(_applies(each, request) for layer in layers for each in layer if _denies(each)):
        return False
    return all(
        any(_applies(each, request) for each in layer if not _denies(each)) for layer in layers
    )


def may_assume(trust: Sequence[Statement], principal: str, claims: Mapping[str, str]) -> bool:
    """Whether a role's trust lets a web identity of the provider `principal` take it."""
    request = Request("sts:AssumeRoleWithWebIdentity", "*", claims)
    for_it = [each for each in trust if principal in _listed(each["Principal"].get("Federated"))]
    return is_allowed(request, [{**each, "Resource": "*"} for each in for_it])


def _denies(statement: Statement) -> bool:
    return statement["Effect"] == "Deny"


def _applies(statement: Statement, request: Request) -> bool:
    return (
        _named(statement, "Action", request.action, re.IGNORECASE)
        and _named(statement, "Resource", request.resource)
        and _holds(statement.get("Condition", {}), request.context)
    )


def _named(statement: Statement, key: str, value: str, flags: int = 0) -> bool:
    is_other = f"Not{key}" in statement
    patterns = _listed(statement[f"Not{key}" if is_other else key])
    return (_pattern(tuple(patterns), flags).fullmatch(value) is not None) != is_other


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


@cache
def _pattern(texts: tuple[str, ...], flags: int = 0) -> re.Pattern[str]:
    """Of any of the texts; of none where there is no text."""
    wild = {"*": ".*", "?": "."}
    alternatives = (
        "".join(wild.get(part, re.escape(part)) for part in re.split(r"([*?])", text))
        for text in texts
    )
    return re.compile("|".join(alternatives) if texts else r"(?!)", flags | re.DOTALL)


def _like(pattern: str, value: str) -> bool:
    """`*` is any text, slashes and colons included; `?` is one character."""
    return _pattern((pattern,)).fullmatch(value) is not None


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
}


def _holds(condition: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _compares(operator, _listed(wanted), known.get(key.lower()))
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _compares(operator: str, wanted: list[Any], given: Any) -> bool:
    if operator == "Null":
        return (given is None) == (str(wanted[0]).lower() == "true")
    quantifier, _, base = operator.rpartition(":")
    negated = "Not" in base
    compare = _OPERATORS.get(base.replace("Not", ""))
    if compare is None or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        raise UnknownOperatorError(f"condition operator {operator} is not known here")
    if given is None:
        return negated or quantifier == "ForAllValues"
    matches = [any(compare(str(w), str(g)) for w in wanted) != negated for g in _listed(given)]
    return all(matches) if quantifier == "ForAllValues" else any(matches)
