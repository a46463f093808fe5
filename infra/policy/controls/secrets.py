"""Secrets Manager."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import at_least, customer_key, fault, is_given, must, protected, wrong
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Severity, Where, control

ROTATION_DAYS = 90


@control(
    "A55",
    "Secrets are encrypted with our key, can be had back, and change",
    "secretsmanager.Secret kmsKeyId is a customer key, recoveryWindowInDays at least 7, rotation "
    f"within {ROTATION_DAYS} days; option protect",
    "SecretsManager.1/4 CKV_AWS_149/304",
    Severity.MEDIUM,
    (types.SECRET,),
    where=Where.AWS,
)
def secret_care(graph: Graph, _: Profile) -> Iterator[Finding]:
    for secret in graph.of(types.SECRET):
        yield from customer_key(graph, secret, "kmsKeyId")
        yield from protected(secret)
        if secret.get("recoveryWindowInDays") is not None:  # AWS's own is 30
            yield from must(
                secret,
                "recoveryWindowInDays",
                at_least(7),
                "must be at least 7",
                "set gacp:safety.recoveryDays",
            )
        rotations = graph.users(secret, "secretId", types.SECRET_ROTATION)
        if not rotations:
            yield fault(
                secret,
                f"must be rotated within {ROTATION_DAYS} days",
                "add a secretsmanager.SecretRotation, or write down who rotates it by hand",
            )
        for rotation in rotations:
            days = rotation.get("rotationRules.automaticallyAfterDays")
            schedule = rotation.get("rotationRules.scheduleExpression")
            short = at_least(1)(days) and days <= ROTATION_DAYS
            if not short and not (days is None and is_given(schedule)):
                yield wrong(
                    rotation,
                    "rotationRules.automaticallyAfterDays",
                    f"must be at most {ROTATION_DAYS}",
                    "lower it",
                )
