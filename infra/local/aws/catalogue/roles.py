"""Roles that services take on: each takes only one that trusts it."""

from __future__ import annotations

import json
from typing import Any

from infra.local.aws.catalogue.tokens import ROLE
from infra.local.aws.codec import Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.spec import AwsError, WorldRule
from infra.local.aws.world import World


def trusted_by(path: str, service: str, code: str) -> WorldRule:
    """The role at `path` (by ARN) names `service` in its trust policy (IAM user guide,
    id_roles_create_for-service). A role that is not recorded here is somebody else's to judge.
    """

    def rule(world: World, making: Making) -> None:
        for value in at(making.inputs, path):
            role = world.find((ROLE,), value, ("arn",))
            if role and service not in trusted(plain(role.outputs.get("assumeRolePolicy"))):
                raise AwsError(
                    code,
                    f"{path}: role {role.id} cannot be assumed by {service}: its trust policy does"
                    " not name it as a principal",
                )

    return rule


def trusted(document: Value) -> set[str]:
    """Services that a trust policy lets take the role on."""
    parsed: Any = json.loads(document) if isinstance(document, str) else document or {}
    statements = parsed.get("Statement", [])
    found: set[str] = set()
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow":
            found.update([services] if isinstance(services, str) else services)
    return found
