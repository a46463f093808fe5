"""Roles of the application's pods and of the controllers beside them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.cluster.pod_role import PodRole, PodRoleArgs
from infra.identity.controllers import balancer_controller_statements, scaler_statements
from infra.identity.policies import Statement, writes_log_group
from infra.identity.workloads import (
    WorkloadAccess,
    api_statements,
    publishes_metrics,
    worker_statements,
)
from infra.stack import Stack

APPLICATION = "gacp"  # the namespace


@dataclass(frozen=True, slots=True)
class PodsArgs:
    """`target_group_arns` are those that pods may be registered in."""

    cluster_name: pulumi.Output[str]
    cluster_arn: pulumi.Output[str]
    access: pulumi.Output[WorkloadAccess]
    target_group_arns: tuple[pulumi.Output[str], ...]


class Pods(pulumi.ComponentResource):
    """Who each kind of pod is.

    Children: a `PodRole` each for API, portal, worker, nginx, Load Balancer Controller and KEDA.
    The migration runs as the API does.
    """

    def __init__(
        self, name: str, stack: Stack, args: PodsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:cluster:Pods", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._child = stack.child_of(self)
        metrics = publishes_metrics(stack.names.path("queues"), stack.region)
        logs = args.access.apply(lambda known: writes_log_group(known.log_group))
        registers = pulumi.Output.all(*args.target_group_arns).apply(
            lambda arns: balancer_controller_statements(tuple(arns))
        )
        self._add("api", APPLICATION, "api", args.access.apply(api_statements))
        self._add("portal", APPLICATION, "portal", args.access.apply(api_statements))
        self._add(
            "worker",
            APPLICATION,
            "worker",
            args.access.apply(lambda known: (*worker_statements(known), *metrics)),
        )
        self._add("nginx", "nginx-ingress", "nginx-ingress", logs)
        self._add("balancing", "kube-system", "aws-load-balancer-controller", registers)
        self._add("scaling", "keda", "keda-operator", scaler_statements(stack.region))
        self.register_outputs({})

    def _add(
        self,
        slot: str,
        namespace: str,
        service_account: str,
        statements: pulumi.Input[tuple[Statement, ...]],
    ) -> None:
        PodRole(
            f"{self._name}-{slot}",
            self._stack,
            PodRoleArgs(
                cluster_name=self._args.cluster_name,
                cluster_arn=self._args.cluster_arn,
                namespace=namespace,
                service_account=service_account,
                description=f"Pods of the certification platform: {slot}",
                statements=statements,
            ),
            self._child,
        )
