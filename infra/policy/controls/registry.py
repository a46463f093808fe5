"""ECR repositories, and how workloads name their images."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import (
    customer_key,
    fault,
    is_false_or_absent,
    is_true,
    must,
    protected,
    wrong,
)
from infra.policy.graph import Graph, leaves
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, Where, control

_REPOSITORY = (types.REPOSITORY,)
_HOST = ".amazonaws.com/"
_BY_TAG = re.compile(r"\.dkr\.ecr\.[\w-]+\.amazonaws\.com/[\w./-]+:[\w.-]+(?![\w.-]*@)")


@control(
    "A58",
    "An image is what was pushed and scanned, and stays that",
    "ecr.Repository IMMUTABLE, scanOnPush, KMS with a customer key, a lifecycle policy; images are "
    "named by digest; outside local forceDelete is false, option protect",
    "ECR.1-3 CKV_AWS_51/136/163 CIS 5.1.1",
    Severity.HIGH,
    _REPOSITORY,
)
def repositories(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for repository in graph.of(types.REPOSITORY):
        yield from must(
            repository,
            "imageTagMutability",
            lambda value: value == "IMMUTABLE",
            "must be IMMUTABLE",
            "a tag could be moved to another image",
        )
        yield from must(
            repository,
            "imageScanningConfiguration.scanOnPush",
            is_true,
            "must be true",
            "set it to true",
        )
        yield from _encryption(graph, repository)
        if Where.AWS.holds_in(profile.environment):
            yield from _end(repository)
        if not graph.users(repository, "repository", types.REPOSITORY_LIFECYCLE):
            yield fault(repository, "must have a lifecycle policy", "add an ecr.LifecyclePolicy")
    for resource in graph.resources:
        for text in leaves(resource.properties):
            if isinstance(text, str) and _HOST in text and (found := _BY_TAG.search(text)):
                rule = "must be named by digest"
                path, shown = "image", found.group().partition("amazonaws.com/")[2]
                yield Finding(resource.urn, path, shown, rule, "use NAME@sha256:DIGEST")


def _end(repository: Resource) -> Iterator[Finding]:
    yield from must(
        repository,
        "forceDelete",
        is_false_or_absent,
        "must be false: releases that can be rolled back to would go",
        "set gacp:safety.protect to true",
    )
    yield from protected(repository)


def _encryption(graph: Graph, repository: Resource) -> Iterator[Finding]:
    configured = repository.items("encryptionConfigurations")
    if not configured or UNKNOWN in configured:
        rule = "must use KMS: AWS's own key is used where nothing is said"
        yield wrong(repository, "encryptionConfigurations", rule, "set it when it is made")
        return
    for each in configured:
        if each.get("encryptionType") != "KMS":
            yield wrong(repository, "encryptionConfigurations", "must be of type KMS", "set it")
        yield from customer_key(graph, repository, "encryptionConfigurations", each.get("kmsKey"))
