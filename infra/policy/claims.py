"""Claims about a property from which controls are built. An unknown value breaks every claim,
unless it will come from a resource of the right kind in the same graph."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from infra.policy import types
from infra.policy.graph import Graph
from infra.policy.model import NOT_GIVEN, UNKNOWN, Finding, Resource

type Statement = Mapping[str, Any]


def is_true(value: Any) -> bool:
    """Some properties of EC2 are texts ("true") in the SDK."""
    return value is True or value == "true"


def is_false_or_absent(value: Any) -> bool:
    return value is None or value is False or value == "false"


def is_given(value: Any) -> bool:
    """Providers write absent texts and lists as empty ones."""
    return value not in (None, "", [], {}) and value is not UNKNOWN


def at_least(least: float) -> Callable[[Any], bool]:
    def holds(value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= least

    return holds


def one_of(*allowed: str) -> Callable[[Any], bool]:
    return lambda value: value in allowed


def has_all(*wanted: str) -> Callable[[Any], bool]:
    def holds(value: Any) -> bool:
        return isinstance(value, list) and set(wanted) <= set(map(str, cast("list[Any]", value)))

    return holds


def fault(resource: Resource, rule: str, way_out: str) -> Finding:
    """The resource as a whole is what is wrong."""
    return Finding(resource.urn, "", None, rule, way_out)


def wrong(resource: Resource, path: str, rule: str, way_out: str) -> Finding:
    """The value at `path` is what is wrong."""
    value = resource.get(path)
    shown = value if value is UNKNOWN or value is not None else NOT_GIVEN
    return Finding(resource.urn, path, shown, rule, way_out)


def must(
    resource: Resource, path: str, holds: Callable[[Any], bool], rule: str, way_out: str
) -> Iterator[Finding]:
    """The value at `path` is known and holds."""
    value = resource.get(path)
    if value is UNKNOWN or not holds(value):
        yield wrong(resource, path, rule, way_out)


def customer_key(
    graph: Graph, resource: Resource, path: str, value: Any = NOT_GIVEN
) -> Iterator[Finding]:
    """The value names a key that is ours, not one that AWS manages (`alias/aws/...`).

    `value` is given where it stands in a list, which a path can't name.
    """
    key = resource.get(path) if value is NOT_GIVEN else value
    if key is UNKNOWN and any(each.type in types.KEYS for each in graph.behind(resource, path)):
        return
    if isinstance(key, str) and key and "alias/aws/" not in key:
        return
    shown = NOT_GIVEN if key is None else key
    yield Finding(
        resource.urn,
        path,
        shown,
        "must be a customer managed key",
        "give it the ARN of a key of infra/keys",
    )


def protected(resource: Resource) -> Iterator[Finding]:
    """The engine refuses to delete or replace the resource."""
    if not resource.options.protect:
        rule, way = "must carry the option protect", "set gacp:safety.protect to true"
        yield fault(resource, rule, way)


def must_link(
    graph: Graph, resource: Resource, path: str, kinds: Sequence[str], rule: str, way_out: str
) -> Iterator[Finding]:
    """The value at `path` names a resource of one of the kinds in this graph."""
    if not graph.linked(resource, path, *kinds):
        yield wrong(resource, path, rule, way_out)


def parameter(group: Resource, name: str) -> Any:
    """The value of a parameter in a group's list; `None` where it keeps the engine's default."""
    for entry in group.items("parameters"):
        if entry is UNKNOWN:
            return UNKNOWN
        if entry.get("name") == name:
            return entry.get("value")
    return None


def is_derived(graph: Graph, resource: Resource, path: str) -> bool:
    """Whether an unknown text waits for resources of this graph alone, none of which gives secrets.

    Such a text (a policy with ARNs in it, user data) is judged as soon as it is known.
    """
    behind = graph.behind(resource, path)
    known = resource.dependencies.get(path.partition(".")[0], ())
    gives_secrets = (types.SECRET_VERSION, types.ACCESS_KEY)
    return (
        resource.get(path) is UNKNOWN
        and bool(behind)
        and len(behind) == len(known)
        and not any(each.type in gives_secrets for each in behind)
    )


def statements(text: Any) -> list[Statement] | None:
    """Statements of a policy document; `None` where it is none that can be read."""
    if isinstance(text, str):
        try:
            text = json.loads(text)
        except ValueError:
            return None
    if not isinstance(text, Mapping):
        return None
    given: Any = cast("Mapping[str, Any]", text).get("Statement")
    listed: list[Any] = given if isinstance(given, list) else [given]
    return listed if all(isinstance(each, Mapping) for each in listed) else None


def texts(value: Any) -> list[str]:
    """A policy's element, which may be one text or a list of them."""
    if isinstance(value, list):
        return [str(each) for each in cast("list[Any]", value)]
    return [] if value is None else [str(value)]


def everybodys(resource: Resource, listed: Sequence[Statement]) -> Iterator[Finding]:
    """Statements of a resource's own policy that let in more than those who are named."""
    for each in listed:
        sid = each.get("Sid", "without Sid")
        if allows_anybody(each):
            yield fault(resource, f"must not allow Principal * ({sid})", "name who may")
        elif _is_any_accounts_service(each):
            rule = f"must say for whom the service acts ({sid}): it serves every account"
            yield fault(resource, rule, "add a Condition on aws:SourceAccount or aws:SourceArn")
        elif _is_a_service(each) and any(a in ("*", "kms:*", "s3:*") for a in actions_of(each)):
            rule = f"must name what the service may do ({sid})"
            yield fault(resource, rule, "list its actions")


def _is_any_accounts_service(statement: Statement) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"""
    return _is_a_service(statement) and not statement.get("Condition")


def _is_a_service(statement: Statement) -> bool:
    principal = statement.get("Principal")
    allowed = statement.get("Effect") == "Allow"
    return allowed and isinstance(principal, Mapping) and "Service" in principal


def actions_of(statement: Statement) -> list[str]:
    return texts(statement.get("Action"))


def is_of_account(statement: Statement) -> bool:
    """Whether a statement is for whole accounts: whoever one of them lets."""
    principal = statement.get("Principal")
    named = cast("Mapping[str, Any]", principal) if isinstance(principal, Mapping) else {}
    accounts = texts(named.get("AWS"))
    return bool(accounts) and all(a.endswith(":root") or a.isdigit() for a in accounts)


def allows_anybody(statement: Statement) -> bool:
    """Whether a statement lets in every principal there is."""
    if statement.get("Effect") != "Allow":
        return False
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        named = cast("Mapping[str, Any]", principal)
        return any("*" in texts(value) for value in named.values())
    return principal == "*"
