"""The roles that GitHub Actions takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.pipeline import PipelineConfig
from infra.config.settings import Settings
from infra.identity import policies
from infra.identity.boundary import Boundary, BoundaryArgs
from infra.identity.pipeline import guards, reading, trust, writing
from infra.identity.roles import RoleArgs, make_role
from infra.identity.scope import PIPELINE, Scope
from infra.stack import Stack

PREVIEW_SECONDS = 3600
DEPLOY_SECONDS = 2 * 3600  # a cluster or a database takes half an hour each, one after the other


@dataclass(frozen=True, slots=True)
class PipelineArgs:
    """`stack_name` is the engine's name of the stack, under which its state lies."""

    config: PipelineConfig
    scope: Scope
    stack_name: str


class Pipeline(pulumi.ComponentResource):
    """GitHub Actions without keys: a role that may only preview, and one that may deploy.

    Children: GitHub's OIDC provider where this stack makes the account's; a `Boundary` of the
    pipeline's own; managed policies of what is read and written; the two roles with those
    attached, each with a policy of its own for the state.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: PipelineArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:identity:Pipeline", name, None, opts)
        self._name, self._args = name, args
        self._child = stack.child_of(self)
        bucket = args.config.state_bucket
        limits = guards.pipeline_boundary(args.scope, bucket)
        described = "What the pipeline's roles may at most do"
        boundary = Boundary(f"{name}-boundary", stack, BoundaryArgs(described, limits), self._child)
        self._stack = stack.bounded_by(boundary.arn)
        provider = self._find_provider()
        reads = self._policies(reading.read_statements(args.scope))
        writes = self._policies(writing.write_statements(args.scope))
        self._preview = self._make_role("preview", self._previews(provider), reads, PREVIEW_SECONDS)
        self._deploy = self._make_role(
            "deploy", self._deploys(provider), reads | writes, DEPLOY_SECONDS
        )
        self.register_outputs({})

    @property
    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """What the stack puts out beside the rest (`infra.outputs.PIPELINE_OUTPUTS`)."""
        return {
            "pipelinePreviewRoleArn": self._preview.arn,
            "pipelineDeployRoleArn": self._deploy.arn,
        }

    def _find_provider(self) -> pulumi.Input[str]:
        """One account has one provider of an issuer: another stack may have made it."""
        if not self._args.config.create_provider:
            (arn,) = self._args.scope.worldwide("iam", f"oidc-provider/{reading.ISSUER}")
            return arn
        provider = aws.iam.OpenIdConnectProvider(
            self._name,
            url=f"https://{reading.ISSUER}",
            client_id_lists=[trust.AUDIENCE],
            tags=self._stack.tags.of(self._stack.names.of(self._name)),
            opts=self._child,
        )
        return provider.arn

    def _policies(
        self, groups: Mapping[str, tuple[policies.Statement, ...]]
    ) -> dict[str, aws.iam.Policy]:
        return {group: self._policy(group, statements) for group, statements in groups.items()}

    def _policy(self, slot: str, statements: tuple[policies.Statement, ...]) -> aws.iam.Policy:
        known_as = self._stack.names.of(f"{self._name}-{slot}")
        return aws.iam.Policy(
            f"{self._name}-{slot}",
            name=known_as,
            description=f"The pipeline's {slot}",
            policy=policies.document(statements),
            tags=self._stack.tags.of(known_as),
            opts=self._child,
        )

    def _previews(self, provider: pulumi.Input[str]) -> pulumi.Output[str]:
        config = self._args.config
        return pulumi.Output.from_input(provider).apply(
            lambda arn: policies.document(trust.previews(arn, config.repository, config.branch))
        )

    def _deploys(self, provider: pulumi.Input[str]) -> pulumi.Output[str]:
        config = self._args.config
        environment = config.environment or self._args.scope.names.environment
        return pulumi.Output.from_input(provider).apply(
            lambda arn: policies.document(trust.deploys(arn, config.repository, environment))
        )

    def _make_role(
        self,
        slot: str,
        taken_by: pulumi.Output[str],
        attached: Mapping[str, aws.iam.Policy],
        seconds: int,
    ) -> aws.iam.Role:
        name = f"{self._name}-{slot}"
        described = f"GitHub Actions: {slot} of the certification platform"
        role = make_role(
            name,
            self._stack,
            RoleArgs(self._stack.names.of(name), taken_by, described, seconds),
            self._child,
        )
        args = self._args
        of_state = reading.reads_state if slot == "preview" else reading.writes_state
        statements = of_state(args.scope, args.config.state_bucket, args.stack_name)
        aws.iam.RolePolicy(
            name, role=role.name, policy=policies.document(statements), opts=self._child
        )
        for group, policy in attached.items():
            aws.iam.RolePolicyAttachment(
                f"{name}-{group}", role=role.name, policy_arn=policy.arn, opts=self._child
            )
        return role


def outputs_of_pipeline(settings: Settings, stack: Stack) -> Mapping[str, pulumi.Input[object]]:
    """The pipeline's roles, where a repository is configured, and what they put out."""
    config = settings.stack.pipeline
    if not config.repository:
        return {}
    args = PipelineArgs(config, Scope.of(settings), pulumi.get_stack())
    return Pipeline(PIPELINE, stack, args).outputs
