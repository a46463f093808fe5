"""JSON documents: policies of resources and identities, trust and lifecycle policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from infra.local.aws.codec import Properties, Value, at
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import Failure, Rule, Scope

GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
VERSIONS = ("2012-10-17", "2008-10-17")


def policy(path: str, code: str, *, principal: bool, longest: int, source: str = GRAMMAR) -> Rule:
    """The IAM policy at `path`.

    `principal` says whether its statements must name one (policies of resources) or must not (of
    identities); `longest` is the limit in characters without white space; `code` is the service's
    error code.
    """

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if known(value):
                for reason in policy_faults(value, principal=principal, longest=longest):
                    yield Failure(
                        path.split("[")[0].split(".")[0], f"{code}: {path}: {reason} ({source})"
                    )

    return rule


def policy_faults(value: Value, *, principal: bool, longest: int) -> Iterator[str]:
    """What IAM would say against a policy document; empty when it is well formed."""
    try:
        document: Any = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        yield f"not JSON ({error})"
        return
    if not isinstance(document, dict):
        yield "a policy is an object with Version and Statement"
        return
    compact = json.dumps(document, separators=(",", ":"))
    if len(compact) > longest:
        yield f"LimitExceeded: {len(compact)} characters, {longest} are allowed"
    if document.get("Version") not in VERSIONS:
        yield f"Version is {document.get('Version')!r}; it must be {' or '.join(VERSIONS)}"
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        yield "Statement is missing or empty"
        return
    for number, statement in enumerate(statements):
        for reason in _statement_faults(statement, principal):
            yield f"Statement {number}: {reason}"


def actions_in(text: Value) -> Iterator[str]:
    """Every action that a policy's text names; none of one that is no policy, which has a rule of
    its own.
    """
    try:
        document: Any = json.loads(str(text or "{}"))
    except ValueError:
        return
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    for statement in [statements] if isinstance(statements, dict) else statements:
        named = statement.get("Action", []) if isinstance(statement, dict) else []
        yield from map(str, [named] if isinstance(named, str) else named)


def _statement_faults(statement: Any, principal: bool) -> Iterator[str]:
    if not isinstance(statement, dict):
        yield "is not an object"
        return
    unknown = statement.keys() - _STATEMENT_KEYS
    if unknown:
        yield f"has unknown elements {', '.join(sorted(unknown))}"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield f"Effect is {statement.get('Effect')!r}; it must be Allow or Deny"
    if ("Action" in statement) == ("NotAction" in statement):
        yield "exactly one of Action and NotAction is needed"
    named = "Principal" in statement or "NotPrincipal" in statement
    if principal and not named:
        yield "names no Principal, which the policy of a resource needs"
    if not principal:
        if named:
            yield "names a Principal, which the policy of an identity cannot"
        if ("Resource" in statement) == ("NotResource" in statement):
            yield "exactly one of Resource and NotResource is needed"
    for action in _strings(statement.get("Action")):
        if action != "*" and ":" not in action:
            yield f"action {action!r} names no service; write one such as s3:GetObject"


_STATEMENT_KEYS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}


def _strings(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [v for v in value or [] if isinstance(v, str)]


ECR_LIFECYCLE = (
    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"
)


def ecr_lifecycle(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """The policy of an ECR lifecycle: distinct priorities, each rule with selection and action."""
    value = inputs.get("policy")
    if not known(value):
        return
    code = "InvalidParameterException"
    try:
        rules: Any = json.loads(str(value)).get("rules")
    except (ValueError, AttributeError) as error:
        yield Failure("policy", f"{code}: not a JSON object ({error}) ({ECR_LIFECYCLE})")
        return
    if not isinstance(rules, list) or not rules:
        yield Failure("policy", f"{code}: rules is missing or empty ({ECR_LIFECYCLE})")
        return
    priorities = [rule.get("rulePriority") for rule in rules if isinstance(rule, dict)]
    if len(set(priorities)) != len(rules):
        yield Failure(
            "policy", f"{code}: rulePriority values {priorities} are not distinct ({ECR_LIFECYCLE})"
        )
    for rule in rules:
        missing = {"rulePriority", "selection", "action"} - set(rule)
        if missing:
            yield Failure(
                "policy", f"{code}: a rule lacks {', '.join(sorted(missing))} ({ECR_LIFECYCLE})"
            )


def json_text(path: str, code: str, source: str) -> Rule:
    """The text at `path` is JSON."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if isinstance(value, str) and known(value):
                try:
                    json.loads(value)
                except ValueError as error:
                    yield Failure(
                        path.split("[")[0], f"{code}: {path} is not JSON ({error}) ({source})"
                    )

    return rule
