"""Load balancers and their listeners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.policy import types
from infra.policy.claims import is_given, is_true, must, must_link, one_of, wrong
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, control
from infra.policy.subnets import zones_of

# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html
MODERN_TLS = (
    "ELBSecurityPolicy-TLS13-1-3",
    "ELBSecurityPolicy-TLS13-1-2",
    "ELBSecurityPolicy-FS-1-2",
    "ELBSecurityPolicy-TLS-1-2",
)


@control(
    "A27",
    "The load balancer outlives a zone and an accident, and writes down who came",
    "lb.LoadBalancer enableDeletionProtection in prod, cross-zone, accessLogs, at least 2 zones, "
    "a group of the stack",
    "ELB.13 CKV_AWS_91/150/152",
    Severity.MEDIUM,
    (types.LOAD_BALANCER,),
)
def load_balancers(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for balancer in graph.of(types.LOAD_BALANCER):
        if profile.is_prod:
            yield from must(
                balancer,
                "enableDeletionProtection",
                is_true,
                "must be true in prod",
                "set it to true",
            )
        if balancer.get("loadBalancerType") in ("network", "gateway", UNKNOWN):
            yield from must(
                balancer,
                "enableCrossZoneLoadBalancing",
                is_true,
                "must be true: a zone without targets refuses its clients",
                "set it to true",
            )
        yield from must(
            balancer,
            "accessLogs.enabled",
            is_true,
            "must be true",
            "name a bucket and turn them on",
        )
        bucket = balancer.get("accessLogs.bucket")
        if not is_given(bucket) and not _waits(graph, balancer, bucket):
            yield wrong(balancer, "accessLogs.bucket", "must be given", "name the logs' bucket")
        yield from must_link(
            graph,
            balancer,
            "securityGroups",
            (types.GROUP,),
            "must be groups of this stack: a balancer without any lets everything in",
            "give it the edge's",
        )
        yield from _zones(graph, balancer)


def _waits(graph: Graph, balancer: Resource, bucket: Any) -> bool:
    return bucket is UNKNOWN and bool(graph.behind(balancer, "accessLogs.bucket"))


def _zones(graph: Graph, balancer: Resource) -> Iterator[Finding]:
    key = "subnets" if balancer.get("subnets") is not None else "subnetMappings"
    subnets = graph.linked(balancer, key, *types.SUBNETS)
    zones = zones_of(subnets)
    if len(zones) < 2:
        yield wrong(
            balancer,
            key,
            f"must be subnets of this stack in at least 2 zones, and lie in {len(zones)}",
            "pass the public tier's subnets",
        )


@control(
    "A28",
    "TLS that ends at the load balancer is 1.2 or newer",
    "lb.Listener sslPolicy is a TLS 1.2/1.3 policy where TLS ends there; HTTP only redirects",
    "ELB.17/18 CKV_AWS_376",
    Severity.HIGH,
    (types.LISTENER,),
    alone=True,
)
def listeners(graph: Graph, _: Profile) -> Iterator[Finding]:
    for listener in graph.of(types.LISTENER):
        protocol = listener.get("protocol")
        if protocol in ("HTTPS", "TLS"):
            yield from must(
                listener,
                "sslPolicy",
                lambda value: str(value).startswith(MODERN_TLS),
                "must be a policy of TLS 1.2 or 1.3 (AWS's default takes 1.0)",
                "use ELBSecurityPolicy-TLS13-1-2-2021-06",
            )
        elif protocol == "HTTP" and not _redirects(listener):
            yield wrong(
                listener, "defaultActions", "must redirect to HTTPS alone", "redirect, with 301"
            )
        elif protocol not in ("HTTP", "TCP", "TCP_UDP", "UDP"):
            yield wrong(
                listener,
                "protocol",
                "must say where TLS ends: HTTPS or TLS here, TCP behind it",
                "set it",
            )


@control(
    "B11",
    "The balancer asks its targets whether they are well",
    "lb.TargetGroup healthCheck protocol is HTTP or HTTPS, with a path: an open port says little",
    "ELB.21",
    Severity.LOW,
    (types.TARGET_GROUP,),
    alone=True,
)
def target_groups(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.TARGET_GROUP):
        rule, way = "must be HTTP or HTTPS", "ask the program, not its port"
        yield from must(group, "healthCheck.protocol", one_of("HTTP", "HTTPS"), rule, way)
        yield from must(
            group, "healthCheck.path", is_given, "must be given", "name what says it is ready"
        )


def _redirects(listener: Resource) -> bool:
    actions = listener.items("defaultActions")
    return bool(actions) and all(
        action is not UNKNOWN
        and action.get("type") == "redirect"
        and (action.get("redirect") or {}).get("protocol") == "HTTPS"
        for action in actions
    )
