"""A permissions boundary as a managed policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.settings import Settings
from infra.identity import policies
from infra.identity.limits import boundary_statements
from infra.identity.scope import BOUNDARY, Scope
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class BoundaryArgs:
    """`statements` say what roles with this boundary may at most do."""

    description: str
    statements: Sequence[policies.Statement]


class Boundary(pulumi.ComponentResource):
    """What bounds roles: attached to nothing, named by roles as their boundary.

    Children: the managed policy.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: BoundaryArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:identity:Boundary", name, None, opts)
        known_as = stack.names.of(name)
        self._policy = aws.iam.Policy(
            name,
            name=known_as,
            description=args.description,
            policy=policies.document(args.statements),
            tags=stack.tags.of(known_as),
            opts=stack.child_of(self),
        )
        self.register_outputs({"arn": self._policy.arn})

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._policy.arn


def bounded(settings: Settings, stack: Stack) -> Stack:
    """The stack with the boundary that every role of it has; made before anything else."""
    statements = boundary_statements(Scope.of(settings))
    args = BoundaryArgs("What the roles of this stack may at most do", statements)
    return stack.bounded_by(Boundary(BOUNDARY, stack, args).arn)
