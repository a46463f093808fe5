"""Production with a pipeline, in both profiles and with what may be configured, and the policies
that its roles have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.config.keys import deep_merged
from infra.config.loader import load_settings
from infra.identity.scope import Scope
from infra.policy import types as t
from infra.policy.graph import Graph
from infra.policy.iam import Request, Statement, is_allowed, statements_of
from infra.policy.model import Resource
from tests.support.adopting import ADOPT, ATLAS, Account
from tests.support.policy_graphs import graph_of_recording
from tests.support.recording import PREFIX_LIST, run_program
from tests.support.stacks import stack_configuration, with_pipeline

PROFILES = ("host", "cluster")
FRONTED = "host behind CloudFront"
ADOPTED = "cluster behind CloudFront in a VPC and with a database of somebody else's"
# By case, the profile and what is configured besides.
_ON = {"gacp:edge": {"cdn": {"enabled": True}}}
_CONFIGURED: dict[str, tuple[str, dict[str, Any]]] = {
    "host": ("host", {}),
    "cluster": ("cluster", {}),
    FRONTED: ("host", _ON),
    ADOPTED: ("cluster", {**_ON, "gacp:network": {"adopt": ADOPT}, "gacp:database": ATLAS}),
}
CASES = tuple(_CONFIGURED)
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def configured(case: str) -> dict[str, object]:
    compute, more = _CONFIGURED[case]
    return deep_merged(with_pipeline(stack_configuration("prod", compute)), more)


@cache
def production(case: str) -> Graph:
    if case == ADOPTED:
        return _adopted()[0]
    return graph_of_recording(run_program("prod", configured(case)))


def sources() -> set[str]:
    """Every data source that a stack asks of AWS."""
    return _adopted()[1]


@cache
def _adopted() -> tuple[Graph, set[str]]:
    asked, account = set[str](), Account()

    def answer(token: str, args: dict[str, Any]) -> Any:
        asked.add(token)
        return {"id": "pl-0123", **args} if token == PREFIX_LIST else account.answer(token, args)

    recorded = run_program("prod", configured(ADOPTED), answer=answer)
    return graph_of_recording(recorded), asked


@cache
def scope(case: str = "cluster") -> Scope:
    return Scope.of(load_settings(configured(case)))


@dataclass(frozen=True)
class Role:
    """A role of a recorded graph with everything that decides what it may do."""

    resource: Resource
    granted: tuple[Statement, ...]
    boundary: tuple[Statement, ...]
    trust: tuple[Statement, ...]

    def may(self, action: str, resource: str = "*", **context: object) -> bool:
        return self.allows(Request(action, resource, context))

    def allows(self, request: Request) -> bool:
        return is_allowed(request, self.granted, self.boundary)


@cache
def role(name: str, case: str = "cluster") -> Role:
    """The pipeline's role `preview` or `deploy`, as the program registers it."""
    graph = production(case)
    (found,) = (each for each in graph.of(t.ROLE) if each.name == f"pipeline-{name}")
    return role_of(graph, found)


def role_of(graph: Graph, found: Resource) -> Role:
    policies = [
        *graph.users(found, "role", t.ROLE_POLICY),
        *(
            policy
            for attached in graph.users(found, "role", t.ATTACHMENT)
            for policy in graph.linked(attached, "policyArn", t.POLICY)
        ),
    ]
    (boundary,) = graph.linked(found, "permissionsBoundary", t.POLICY)
    return Role(
        found,
        tuple(s for each in policies for s in statements_of(each.get("policy"))),
        tuple(statements_of(boundary.get("policy"))),
        tuple(statements_of(found.get("assumeRolePolicy"))),
    )
