"""What every component knows of the stack that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pulumi

from infra.config.model import SafetyConfig
from infra.config.settings import Settings
from infra.naming import Names
from infra.tags import Tags


@dataclass(frozen=True, slots=True)
class Stack:
    """Plain facts, passed to every component; no component reads the configuration itself.

    `boundary_arn` is what bounds every role, known as soon as that policy is made.
    """

    region: str
    account: str
    names: Names
    tags: Tags
    safety: SafetyConfig
    boundary_arn: pulumi.Output[str] | None = None

    @classmethod
    def of(cls, settings: Settings) -> Stack:
        environment = str(settings.stack.environment)
        tags = settings.stack.tags
        return cls(
            region=settings.aws.region,
            account=settings.account,
            names=Names(environment),
            tags=Tags(environment, tags.owner, tags.cost_centre),
            safety=settings.stack.safety,
        )

    def bounded_by(self, boundary_arn: pulumi.Output[str]) -> Stack:
        """The same stack, whose roles have this boundary."""
        return replace(self, boundary_arn=boundary_arn)

    def child_of(self, parent: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of an ordinary child: its parent and nothing of the parent's own options."""
        return pulumi.ResourceOptions(parent=parent)

    def stateful_child_of(self, parent: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a child that holds data: deleting or replacing it is refused by the engine."""
        return pulumi.ResourceOptions(parent=parent, protect=self.safety.protect)

    @property
    def keeps_data(self) -> bool:
        """Whether what holds data is emptied or snapshotted, never thrown away, when it goes."""
        return self.safety.protect or self.safety.retain

    def lasting_child_of(self, parent: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a child that holds data and, by configuration, outlives the stack."""
        return pulumi.ResourceOptions.merge(
            self.stateful_child_of(parent), self.kept_child_of(parent)
        )

    def kept_child_of(self, parent: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of what guards a lasting resource, and stays as long as it does."""
        return pulumi.ResourceOptions(parent=parent, retain_on_delete=self.safety.retain)
