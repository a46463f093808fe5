"""Security groups: who may reach what."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import fault, is_given, must, must_link, wrong
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, control
from infra.policy.openings import ALL_PROTOCOLS, Opening, all_openings, openings_of

EDGE_GROUP = "edge"  # the one group that the world may reach, by its logical name
EDGE_PORTS = (80, 443)
DATA_PORTS = (27017, 6379)
NO_DESCRIPTION = ("", "Managed by Pulumi", "Managed by Terraform")

_ADDRESSES = ("cidrIpv4", "cidrIpv6", "prefixListId", "cidrBlocks", "ipv6CidrBlocks")
_RULES = (types.INGRESS_RULE, types.EGRESS_RULE, types.GROUP_RULE)


@control(
    "A19",
    "The world reaches the edge on 80 and 443, and nothing else",
    "ingress from 0.0.0.0/0 or ::/0 only on ports 80 and 443 of the edge's group",
    "EC2.13/14/18/19",
    Severity.CRITICAL,
    (types.GROUP, types.INGRESS_RULE, types.GROUP_RULE),
)
def world_ingress(graph: Graph, _: Profile) -> Iterator[Finding]:
    for opening in all_openings(graph):
        if not opening.is_to_the_world or opening.waits_for_vpc(graph):
            continue
        groups = graph.linked(opening.rule, "securityGroupId", types.GROUP)
        groups = groups or ([opening.rule] if opening.rule.type == types.GROUP else [])
        is_edge = bool(groups) and all(each.name == EDGE_GROUP for each in groups)
        ports = {opening.from_port, opening.to_port}
        one_port = len(ports) == 1 and ports <= set(EDGE_PORTS) and opening.protocol == "tcp"
        if not (is_edge and one_port):
            names = ", ".join(each.name for each in groups) or "unknown"
            yield wrong(
                opening.rule,
                opening.path,
                f"must not let the world in ({opening.protocol} {opening.from_port}-"
                f"{opening.to_port} of group {names}): only tcp 80 and 443 of group {EDGE_GROUP}",
                "name a range or a group that may come in",
            )


@control(
    "A20",
    "Security groups and rules say what they are for, and for which port",
    "description of groups and rules is set; a rule from or to addresses names one port",
    "CKV_AWS_23",
    Severity.LOW,
    (types.GROUP, *_RULES),
    alone=True,
)
def descriptions(graph: Graph, _: Profile) -> Iterator[Finding]:
    for each in graph.of(types.GROUP, *_RULES):
        yield from must(
            each,
            "description",
            lambda value: is_given(value) and value not in NO_DESCRIPTION,
            "must say what it is for",
            "write it for the one who finds it in the console",
        )
    for rule in graph.of(*_RULES):
        if any(rule.get(key) is not None for key in _ADDRESSES) and not names_one_port(rule):
            ports = f"{rule.get('fromPort')}-{rule.get('toPort')}"
            said = f"must name one port of one protocol, and names {ports}"
            yield fault(rule, said, "write a rule for each port")


def names_one_port(rule: Resource) -> bool:
    """Whether a rule is for one known port of one known protocol."""
    protocol = rule.get("protocol" if rule.type == types.GROUP_RULE else "ipProtocol")
    ports = (rule.get("fromPort"), rule.get("toPort"))
    known = protocol not in (None, UNKNOWN, *ALL_PROTOCOLS) and UNKNOWN not in ports
    return known and ports[0] is not None and ports[0] == ports[1]


@control(
    "A21",
    "Databases and caches are reached from named groups only",
    "ingress to 27017 and 6379 only by referencedSecurityGroupId, and to no other port of their "
    "groups; the database lies in our subnets",
    "EC2.18",
    Severity.CRITICAL,
    (types.DATABASE, types.REDIS),
)
def data_tier(graph: Graph, _: Profile) -> Iterator[Finding]:
    attached = [
        *(g for d in graph.of(types.DATABASE) for g in _groups(graph, d, "vpcSecurityGroupIds")),
        *(g for r in graph.of(types.REDIS) for g in _groups(graph, r, "securityGroupIds")),
    ]
    for owner, key in ((types.DATABASE, "vpcSecurityGroupIds"), (types.REDIS, "securityGroupIds")):
        for resource in graph.of(owner):
            if not _groups(graph, resource, key):
                yield wrong(resource, key, "must name a group of this stack", "give it one")
    for database in graph.of(types.DATABASE):
        yield from must_link(
            graph,
            database,
            "dbSubnetGroupName",
            types.SUBNET_GROUPS,
            "must be a subnet group of this stack: AWS's own is in the default VPC",
            "name the data tier's",
        )
    known = {each.urn for each in attached}
    inside = [o for g in {g.urn: g for g in attached}.values() for o in openings_of(graph, g)]
    elsewhere = [
        opening
        for opening in all_openings(graph)
        if any(opening.covers(port) for port in DATA_PORTS) and opening.rule.urn not in known
    ]
    for opening in {(o.rule.urn, o.path): o for o in [*inside, *elsewhere]}.values():
        if not opening.by_group:
            yield wrong(
                opening.rule,
                opening.path,
                "must not open the data tier to a range",
                "refer to the clients' group (referenced_security_group_id)",
            )
        elif opening in inside and not _is_one_data_port(opening):
            rule = f"must open one of the ports {DATA_PORTS} of the data tier and nothing else"
            yield fault(opening.rule, rule, "set from_port and to_port to it")


def _is_one_data_port(opening: Opening) -> bool:
    one = opening.from_port == opening.to_port and opening.from_port in DATA_PORTS
    return one and opening.protocol == "tcp"


def _groups(graph: Graph, resource: Resource, key: str) -> list[Resource]:
    return graph.linked(resource, key, types.GROUP)
