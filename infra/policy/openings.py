"""What security groups let in, whichever of the three ways a rule is written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from infra.policy import types
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Resource

ALL_PROTOCOLS = ("-1", "all", -1)
# Ranges wider than this are no one's network, private ones apart.
WIDEST_PREFIX = {4: 8, 6: 16}


@dataclass(frozen=True, slots=True)
class Opening:
    """One way in, or out. `path` is where `rule` says it; `by_group` says that the
    other side is a group."""

    rule: Resource
    path: str
    protocol: Any
    from_port: Any
    to_port: Any
    ranges: tuple[Any, ...]
    by_group: bool

    def covers(self, port: int) -> bool:
        """Whether a connection to the TCP port would pass; what can't be known would."""
        if self.protocol in ALL_PROTOCOLS:
            return True
        if self.protocol is UNKNOWN or UNKNOWN in (self.from_port, self.to_port):
            return True
        ports = isinstance(self.from_port, int) and isinstance(self.to_port, int)
        return ports and self.from_port <= port <= self.to_port

    @property
    def is_to_the_world(self) -> bool:
        return any(is_world(each) for each in self.ranges)

    def waits_for_vpc(self, graph: Graph) -> bool:
        """Whether a range that isn't known yet will be that of a VPC or subnet of this stack."""
        behind = graph.behind(self.rule, self.path)
        ours = bool(behind) and all(each.type in (types.VPC, types.SUBNET) for each in behind)
        return ours and all(each is UNKNOWN for each in self.ranges)


def is_world(text: Any) -> bool:
    """Whether a range is (nearly) every address; a text that is no range counts as one."""
    if text is UNKNOWN:
        return True
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return True
    return network.prefixlen < WIDEST_PREFIX[network.version] and not network.is_private


def openings_of(graph: Graph, group: Resource) -> Iterator[Opening]:
    """Every ingress of a group: rules of their own, and those inside the group."""
    for rule in graph.users(group, "securityGroupId", types.INGRESS_RULE, types.GROUP_RULE):
        yield from _of_rule(rule)
    yield from inline(group, "ingress")


def all_ways_out(graph: Graph) -> Iterator[Opening]:
    """Every egress, wherever it is written."""
    for rule in graph.of(types.EGRESS_RULE, types.GROUP_RULE):
        yield from _of_rule(rule, "egress")
    for group in graph.of(types.GROUP):
        yield from inline(group, "egress")


def all_openings(graph: Graph) -> Iterator[Opening]:
    for rule in graph.of(types.INGRESS_RULE, types.GROUP_RULE):
        yield from _of_rule(rule)
    for group in graph.of(types.GROUP):
        yield from inline(group, "ingress")


def _of_rule(rule: Resource, way: str = "ingress") -> Iterator[Opening]:
    if rule.type in (types.INGRESS_RULE, types.EGRESS_RULE):
        ranges = [r for r in (rule.get("cidrIpv4"), rule.get("cidrIpv6")) if r is not None]
        path = "cidrIpv6" if rule.get("cidrIpv6") is not None else "cidrIpv4"
        by_group = rule.get("referencedSecurityGroupId") is not None
        protocol = rule.get("ipProtocol")
    elif rule.get("type") == way:
        ranges = [*rule.items("cidrBlocks"), *rule.items("ipv6CidrBlocks")]
        path, protocol = "cidrBlocks", rule.get("protocol")
        by_group = rule.get("sourceSecurityGroupId") is not None or rule.get("self") is True
    else:
        return
    ports = rule.get("fromPort"), rule.get("toPort")
    yield Opening(rule, path, protocol, *ports, tuple(ranges), by_group and not ranges)


def inline(group: Resource, key: str) -> Iterator[Opening]:
    for entry in group.items(key):
        values: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {}
        ranges = (*(values.get("cidrBlocks") or ()), *(values.get("ipv6CidrBlocks") or ()))
        if entry is UNKNOWN:
            ranges = (UNKNOWN,)
        yield Opening(
            group,
            key,
            values.get("protocol", UNKNOWN),
            values.get("fromPort", UNKNOWN),
            values.get("toPort", UNKNOWN),
            ranges,
            bool(values.get("securityGroups") or values.get("self")) and not ranges,
        )
