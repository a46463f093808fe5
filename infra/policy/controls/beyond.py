"""Network, names and machines: what Table A has no row for."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import (
    at_least,
    customer_key,
    fault,
    is_false_or_absent,
    is_true,
    must,
    protected,
    wrong,
)
from infra.policy.controls.groups import DATA_PORTS, names_one_port
from infra.policy.controls.network import has_interface
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, Where, control
from infra.policy.openings import all_ways_out

# What calls which service of AWS, by the type whose presence makes the calls.
CALLED = {
    types.KEY: ("kms",),
    types.INSTANCE: ("ssm", "ssmmessages"),
    types.AUTOSCALING_GROUP: ("ssm", "ssmmessages"),
    types.CLUSTER: ("ec2", "eks-auth", "ssm", "ssmmessages"),
}


@control(
    "B05",
    "Nothing looks for a database or a cache in the world",
    f"no egress to 0.0.0.0/0 or the like covers the ports {DATA_PORTS}",
    "NIST SC-7, as EC2.18 for the way in",
    Severity.HIGH,
    (types.GROUP, types.EGRESS_RULE, types.GROUP_RULE),
)
def data_ports_out(graph: Graph, _: Profile) -> Iterator[Finding]:
    for way in all_ways_out(graph):
        if way.is_to_the_world and any(way.covers(port) for port in DATA_PORTS):
            if way.waits_for_vpc(graph):
                continue
            rule = f"must not let traffic to a data port ({DATA_PORTS}) out to the world"
            yield wrong(way.rule, way.path, rule, "name the VPC's range or the data tier's group")


@control(
    "B06",
    "One group lets another in on the ports that are used",
    "a rule between two groups names one port of one protocol; a group may open all to itself",
    "least privilege, as CKV_AWS_23 for ranges",
    Severity.MEDIUM,
    (types.INGRESS_RULE, types.EGRESS_RULE, types.GROUP_RULE),
)
def rules_between_groups(graph: Graph, _: Profile) -> Iterator[Finding]:
    for rule in graph.of(types.INGRESS_RULE, types.EGRESS_RULE, types.GROUP_RULE):
        key = (
            "sourceSecurityGroupId"
            if rule.type == types.GROUP_RULE
            else "referencedSecurityGroupId"
        )
        if rule.get(key) is None or _is_to_itself(graph, rule, key) or names_one_port(rule):
            continue
        ports = f"{rule.get('fromPort')}-{rule.get('toPort')}"
        said = f"must name one port of one protocol, and names {ports}"
        yield fault(rule, said, "write a rule for each port")


def _is_to_itself(graph: Graph, rule: Resource, key: str) -> bool:
    other = rule.get(key)
    if isinstance(other, str):
        return other == rule.get("securityGroupId")
    behind = graph.behind(rule, key)
    return bool(behind) and behind == graph.behind(rule, "securityGroupId")


@control(
    "B07",
    "What the stack calls of AWS has an endpoint too",
    "prod: an interface endpoint of kms where there are keys, of ssm and ssmmessages where there "
    "are machines, of ec2 and eks-auth where there is a cluster",
    "EC2.10 and its like; EKS user guide, private clusters",
    Severity.LOW,
    (types.VPC,),
    where=Where.PROD,
)
def endpoints_of_what_is_used(graph: Graph, _: Profile) -> Iterator[Finding]:
    wanted = {service for kind, all_ in CALLED.items() if graph.of(kind) for service in all_}
    for vpc in graph.of(types.VPC):
        there = graph.users(vpc, "vpcId", types.ENDPOINT)
        for service in sorted(wanted):
            if not has_interface(there, service):
                rule = f"must have an interface endpoint of {service} in prod"
                yield fault(vpc, rule, "name it in gacp:network.interfaceEndpoints")


@control(
    "B08",
    "The DNS zone is not lost by accident",
    "route53.Zone forceDestroy is false; option protect",
    "safety of stateful resources: a new zone has other name servers",
    Severity.HIGH,
    (types.ZONE,),
    where=Where.AWS,
    alone=True,
)
def dns_zones(graph: Graph, _: Profile) -> Iterator[Finding]:
    for zone in graph.of(types.ZONE):
        yield from must(zone, "forceDestroy", is_false_or_absent, "must be false", "remove it")
        yield from protected(zone)


@control(
    "B09",
    "A group of machines is never empty",
    "autoscaling.Group minSize is at least 1",
    "reliability, as A15 for nodes",
    Severity.MEDIUM,
    (types.AUTOSCALING_GROUP,),
    alone=True,
)
def group_sizes(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.AUTOSCALING_GROUP):
        yield from must(group, "minSize", at_least(1), "must be at least 1", "raise it")


@control(
    "B22",
    "A volume that outlives its machine is encrypted with our key and hard to lose",
    "ebs.Volume encrypted is true, kmsKeyId is a customer key, finalSnapshot is true; option "
    "protect",
    "EC2.3 CKV_AWS_3/189; safety of stateful resources",
    Severity.HIGH,
    (types.VOLUME,),
    where=Where.AWS,
)
def volumes(graph: Graph, _: Profile) -> Iterator[Finding]:
    for volume in graph.of(types.VOLUME):
        yield from must(volume, "encrypted", is_true, "must be true", "set it")
        yield from customer_key(graph, volume, "kmsKeyId")
        rule, way = "must be true: what was written last is nowhere else", "set it"
        yield from must(volume, "finalSnapshot", is_true, rule, way)
        yield from protected(volume)
