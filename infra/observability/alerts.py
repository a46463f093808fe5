"""Where trouble is announced."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.identity import policies
from infra.stack import Stack
from infra.tags import DataClass


@dataclass(frozen=True, slots=True)
class AlertsArgs:
    """`emails` are asked by AWS to confirm before they hear anything. `region` is the stack's where
    it isn't given: an alarm tells topics of its own region only."""

    key_arn: pulumi.Output[str]
    emails: tuple[str, ...]
    region: str | None = None


class Alerts(pulumi.ComponentResource):
    """The topic that alarms publish to.

    Children: an encrypted topic, its policy, one subscription per address.
    """

    def __init__(
        self, name: str, stack: Stack, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:observability:Alerts", name, None, opts)
        topic = aws.sns.Topic(
            name,
            name=stack.names.of(name),
            kms_master_key_id=args.key_arn,
            region=args.region,
            tags=stack.tags.of(stack.names.of(name), DataClass.INTERNAL),
            opts=stack.child_of(self),
        )
        aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=topic.arn.apply(
                lambda arn: policies.document(policies.alarms_publish_to(arn, stack.account))
            ),
            region=args.region,
            opts=stack.child_of(self),
        )
        for email in args.emails:
            aws.sns.TopicSubscription(
                f"{name}-{email.replace('@', '-at-')}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                region=args.region,
                opts=stack.child_of(self),
            )
        self._topic = topic
        self.register_outputs({"topicArn": topic.arn})

    @property
    def topic_arn(self) -> pulumi.Output[str]:
        return self._topic.arn
