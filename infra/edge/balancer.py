"""The load balancer of a stack: the stack's own, so nothing of it outlives the stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.edge.openings import edge_openings
from infra.network.ports import (
    CONTROLLER_HEALTH,
    CONTROLLER_REDIRECT,
    CONTROLLER_WEB,
    HTTP,
    HTTPS,
)
from infra.network.rules import Group, GroupArgs, Opening
from infra.observability.alarm_plan import PlannedAlarm, of_balancer
from infra.stack import Stack

# TLS 1.3 and 1.2 with forward secrecy only:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
EDGE = "edge"  # the one group that the world may reach, in every profile
LONGEST_NAME = 32  # of balancers and target groups
DRAIN_SECONDS = 60  # longer than the longest ordinary request; streams reconnect


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the balancer, and how it is spoken to.

    Pods (`ip`) are told who called by PROXY protocol; machines (`instance`) get the caller's own
    packets. A `protocol` of TLS encrypts the way to the target anew.
    """

    kind: str
    protocol: str
    web: int
    redirect: int
    health: int
    health_protocol: str
    health_path: str

    @property
    def ports(self) -> dict[str, int]:
        """Ports that the balancer has to reach, each once, by what they are first for."""
        named = {"web": self.web, "redirect": self.redirect, "health": self.health}
        first = {port: slot for slot, port in reversed(named.items())}
        return {slot: port for slot, port in named.items() if first[port] == slot}


PODS = Behind(
    "ip", "TCP", CONTROLLER_WEB, CONTROLLER_REDIRECT, CONTROLLER_HEALTH, "HTTP", "/nginx-ready"
)
# nginx of a machine listens with a certificate of its own, which the balancer doesn't verify: the
# way between them lies inside the VPC. Its health is the application's behind it.
MACHINES = Behind("instance", "TLS", HTTPS, HTTP, HTTPS, "HTTPS", "/health")


@dataclass(frozen=True, slots=True)
class BalancerArgs:
    """`workloads_group_id` is the group of the nodes or machines that nginx runs on. `first` is
    what has to be there before: the way to the internet, and the log bucket with its policy.
    `behind_cdn` lets nobody in but CloudFront."""

    vpc_id: pulumi.Output[str]
    subnet_ids: list[pulumi.Output[str]]
    workloads_group_id: pulumi.Output[str]
    certificate_arn: pulumi.Output[str]
    log_bucket: pulumi.Output[str]
    first: Sequence[pulumi.Resource]
    behind: Behind = PODS
    behind_cdn: bool = False


class Balancer(pulumi.ComponentResource):
    """A network balancer that ends TLS; nginx behind it learns who called (`Behind`).

    Children: its security group, the rules that let it reach nginx, the balancer, a target group
    and listener each for HTTPS and for the redirect from HTTP. Pods join the target groups by
    TargetGroupBinding, machines by their group.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: BalancerArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:edge:Balancer", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._child = stack.child_of(self)
        self._known_as = stack.names.of(name)
        balancer = aws.lb.LoadBalancer(
            name,
            name=self._known_as,
            load_balancer_type="network",
            internal=False,
            subnets=args.subnet_ids,
            security_groups=[self._make_group()],
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=stack.safety.protect,
            access_logs={"bucket": args.log_bucket, "prefix": "balancer", "enabled": True},
            tags=stack.tags.of(self._known_as),
            # AWS refuses a public balancer without an internet gateway, and logs that it may not
            # write; no input names either.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.first)),
        )
        self._balancer = balancer
        behind = args.behind
        self.web = self._target_group("web", behind.web, behind.protocol)
        self.redirect = self._target_group("redirect", behind.redirect, "TCP")
        self._listen()
        self.register_outputs({"address": balancer.dns_name})

    @property
    def dns_name(self) -> pulumi.Output[str]:
        return self._balancer.dns_name

    @property
    def zone_id(self) -> pulumi.Output[str]:
        """Of Route 53 alias records to it."""
        return self._balancer.zone_id

    @property
    def alarms(self) -> tuple[PlannedAlarm, ...]:
        """What to watch of it."""
        groups = {"web": self.web.arn_suffix, "redirect": self.redirect.arn_suffix}
        return of_balancer(self._balancer.arn_suffix, groups)

    def _make_group(self) -> pulumi.Output[str]:
        ports = self._args.behind.ports
        inside = self._args.workloads_group_id
        group = Group(
            EDGE,
            self._stack,
            GroupArgs(
                vpc_id=self._args.vpc_id,
                description="Balancer of the certification platform",
                ingress=edge_openings("Redirected to HTTPS", behind_cdn=self._args.behind_cdn),
                egress=tuple(
                    Opening(slot, port, f"nginx: {slot}", group_id=inside)
                    for slot, port in ports.items()
                ),
            ),
            self._child,
        )
        for slot, port in ports.items():
            name = f"{EDGE}-to-nginx-{slot}"
            aws.vpc.SecurityGroupIngressRule(
                name,
                security_group_id=inside,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=group.group_id,
                description=f"nginx from the balancer: {slot}",
                tags=self._stack.tags.of(self._stack.names.of(name)),
                opts=self._child,
            )
        return group.group_id

    def _target_group(self, slot: str, port: int, protocol: str) -> aws.lb.TargetGroup:
        behind = self._args.behind
        name = f"{self._name}-{slot}"
        known_as = self._stack.names.of(name)
        return aws.lb.TargetGroup(
            name,
            name=known_as[:LONGEST_NAME],
            vpc_id=self._args.vpc_id,
            port=port,
            protocol=protocol,
            target_type=behind.kind,
            proxy_protocol_v2=behind.kind == "ip",
            preserve_client_ip="true" if behind.kind == "instance" else None,
            deregistration_delay=DRAIN_SECONDS,
            health_check={
                "protocol": behind.health_protocol,
                "port": str(behind.health),
                "path": behind.health_path,
                "interval": 10,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
            tags=self._stack.tags.of(known_as),
            opts=self._child,
        )

    def _listen(self) -> None:
        for slot, port, group in (("https", HTTPS, self.web), ("http", HTTP, self.redirect)):
            ends_tls = port == HTTPS
            name = f"{self._name}-{slot}"
            aws.lb.Listener(
                name,
                load_balancer_arn=self._balancer.arn,
                port=port,
                protocol="TLS" if ends_tls else "TCP",
                ssl_policy=TLS_POLICY if ends_tls else None,
                certificate_arn=self._args.certificate_arn if ends_tls else None,
                default_actions=[{"type": "forward", "target_group_arn": group.arn}],
                tags=self._stack.tags.of(self._stack.names.of(name)),
                opts=self._child,
            )
