"""What Karpenter needs on AWS: who it is, and how it hears that a machine will go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.cluster.pod_role import PodRole, PodRoleArgs
from infra.identity import policies
from infra.identity.karpenter import KarpenterScope, karpenter_statements
from infra.stack import Stack

NAMESPACE = "kube-system"  # it must run where the cluster can't be without
SERVICE_ACCOUNT = "karpenter"
MESSAGE_SECONDS = 300  # a warning of interruption is two minutes old at most

# https://karpenter.sh/docs/concepts/disruption/#interruption
EVENTS: Mapping[str, tuple[str, str]] = {
    "health": ("aws.health", "AWS Health Event"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
}


@dataclass(frozen=True, slots=True)
class KarpenterArgs:
    cluster_name: pulumi.Output[str]
    cluster_arn: pulumi.Output[str]
    node_role_name: pulumi.Output[str]
    node_role_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]


class Karpenter(pulumi.ComponentResource):
    """Karpenter's side of AWS.

    Children: the nodes' instance profile, the queue with its policy, a rule and target for each
    kind of event, the `PodRole`.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: KarpenterArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:cluster:Karpenter", name, None, opts)
        self._name, self._stack = name, stack
        self._child = stack.child_of(self)
        known_as = stack.names.of(name)
        tags = stack.tags.of(known_as)
        self._profile = aws.iam.InstanceProfile(
            name, name=known_as, role=args.node_role_name, tags=tags, opts=self._child
        )
        self._queue = aws.sqs.Queue(
            name,
            name=known_as,
            message_retention_seconds=MESSAGE_SECONDS,
            sqs_managed_sse_enabled=True,
            tags=tags,
            opts=self._child,
        )
        self._listen()
        scope = pulumi.Output.all(
            cluster_name=args.cluster_name,
            cluster_arn=args.cluster_arn,
            node_role_arn=args.node_role_arn,
            queue_arn=self._queue.arn,
            key_arn=args.key_arn,
        ).apply(lambda known: KarpenterScope(stack.region, stack.account, **known))
        PodRole(
            f"{name}-controller",
            stack,
            PodRoleArgs(
                cluster_name=args.cluster_name,
                cluster_arn=args.cluster_arn,
                namespace=NAMESPACE,
                service_account=SERVICE_ACCOUNT,
                description="Karpenter of the certification platform",
                statements=scope.apply(karpenter_statements),
            ),
            self._child,
        )
        self.register_outputs({})

    @property
    def queue_name(self) -> pulumi.Output[str]:
        return self._queue.name

    @property
    def instance_profile_name(self) -> pulumi.Output[str]:
        return self._profile.name

    def _listen(self) -> None:
        rules = [self._rule(slot, *event) for slot, event in EVENTS.items()]
        aws.sqs.QueuePolicy(
            self._name,
            queue_url=self._queue.id,
            policy=pulumi.Output.all(self._queue.arn, [rule.arn for rule in rules]).apply(
                lambda known: policies.document(policies.queue_hears_rules(known[0], known[1]))
            ),
            opts=self._child,
        )

    def _rule(self, slot: str, source: str, kind: str) -> aws.cloudwatch.EventRule:
        name = f"{self._name}-{slot}"
        rule = aws.cloudwatch.EventRule(
            name,
            name=self._stack.names.of(name),
            description=f"{kind}, for Karpenter",
            event_pattern=json.dumps({"source": [source], "detail-type": [kind]}, sort_keys=True),
            tags=self._stack.tags.of(self._stack.names.of(name)),
            opts=self._child,
        )
        aws.cloudwatch.EventTarget(
            name, rule=rule.name, target_id=slot, arn=self._queue.arn, opts=self._child
        )
        return rule
