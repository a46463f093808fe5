"""Where every role of this program is made, so that none is without its boundary."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class RoleArgs:
    """`name` is the role's on AWS; `trust` the policy of who takes it, as JSON text.

    `session_seconds` is the longest session; without it AWS's hour.
    """

    name: str
    trust: pulumi.Input[str]
    description: str | None = None
    session_seconds: int | None = None


def make_role(
    slot: str, stack: Stack, args: RoleArgs, opts: pulumi.ResourceOptions
) -> aws.iam.Role:
    """A tagged role that the stack's boundary bounds.

    Raises `ValueError` where the stack has no boundary yet: a role made before it could do more.
    """
    if stack.boundary_arn is None:
        raise ValueError(
            f"role {args.name} has no boundary: give components the stack of Stack.bounded_by()"
        )
    return aws.iam.Role(
        slot,
        name=args.name,
        description=args.description,
        assume_role_policy=args.trust,
        max_session_duration=args.session_seconds,
        permissions_boundary=stack.boundary_arn,
        tags=stack.tags.of(args.name),
        opts=opts,
    )
