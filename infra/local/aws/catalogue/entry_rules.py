"""Rules of EKS access entries and the policies associated with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import ACCESS_ENTRY, EKS
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_ACCESS_DOC = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"


def uses_access_entries(world: World, making: Making) -> None:
    config: Any = world.output(EKS, making.given("clusterName"), "accessConfig") or {}
    if config.get("authenticationMode") == "CONFIG_MAP":
        raise AwsError(
            "InvalidRequestException",
            f"The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP]"
            f" to perform this operation on {making.given('clusterName')} ({_ACCESS_DOC})",
            state=True,
        )


def has_an_entry(world: World, making: Making) -> None:
    """A policy is associated with an access entry, which the program makes before."""
    identity = f"{making.given('clusterName')}:{making.given('principalArn')}"
    uses_access_entries(world, making)
    if world.store.get(ACCESS_ENTRY, identity) is None:
        raise AwsError(
            "ResourceNotFoundException",
            f"The specified principalArn could not be found: {making.given('clusterName')} has no"
            f" access entry for {making.given('principalArn')} ({_ACCESS_DOC})",
        )


def groups_of_standard_entries(inputs: Properties, _: Scope) -> Iterator[Failure]:
    if inputs.get("type") != "STANDARD" and inputs.get("kubernetesGroups"):
        yield Failure(
            "kubernetesGroups",
            f"kubernetesGroups go with type STANDARD, not {inputs.get('type')} ({_ACCESS_DOC})",
        )


def namespaces_of_scope(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for scope in blocks(inputs, "accessScope"):
            kind = scope.get("type")
            if known(kind) and (kind == "namespace") != bool(scope.get("namespaces")):
                yield Failure(
                    "accessScope", f"namespaces go with type namespace, and only with it ({source})"
                )

    return rule
