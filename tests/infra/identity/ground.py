"""Production with a pipeline, in both profiles, and the policies that its roles have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from infra.config.loader import load_settings
from infra.identity.scope import Scope
from infra.policy import types as t
from infra.policy.graph import Graph
from infra.policy.iam import Request, Statement, is_allowed, statements_of
from infra.policy.model import Resource
from tests.support.policy_graphs import graph_of_recording
from tests.support.recording import run_program
from tests.support.stacks import stack_configuration, with_pipeline

PROFILES = ("host", "cluster")
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


@cache
def production(compute: str) -> Graph:
    return graph_of_recording(
        run_program("prod", with_pipeline(stack_configuration("prod", compute)))
    )


@cache
def scope() -> Scope:
    return Scope.of(load_settings(with_pipeline(stack_configuration("prod", "cluster"))))


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
def role(name: str, compute: str = "cluster") -> Role:
    """The pipeline's role `preview` or `deploy`, as the program registers it."""
    graph = production(compute)
    (found,) = (each for each in graph.of(t.ROLE) if each.name == f"pipeline-{name}")
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
