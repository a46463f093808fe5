"""What a subnet reaches, read from the graph's route tables."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import wrong
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Resource


def is_private(graph: Graph, subnet: Resource) -> bool:
    """Whether nothing routes it to an internet gateway and it gives out no public addresses."""
    if subnet.get("mapPublicIpOnLaunch") not in (None, False):
        return False
    if subnet.type == types.ADOPTED_SUBNET:
        return subnet.get("internetGateway") == ""
    return not any(
        graph.linked(route, "gatewayId", types.INTERNET_GATEWAY)
        for route in routes_of(graph, subnet)
    )


def routes_of(graph: Graph, subnet: Resource) -> list[Resource]:
    """Routes of the tables that the subnet is tied to."""
    ties = graph.users(subnet, "subnetId", types.ROUTE_TABLE_ASSOCIATION)
    tables = [t for tie in ties for t in graph.linked(tie, "routeTableId", types.ROUTE_TABLE)]
    return [r for table in tables for r in graph.users(table, "routeTableId", types.ROUTE)]


def zones_of(subnets: list[Resource]) -> set[str]:
    zones = (subnet.get("availabilityZone") for subnet in subnets)
    return {str(zone) for zone in zones if zone not in (None, UNKNOWN)}


def private_subnets(
    graph: Graph, resource: Resource, path: str, least_zones: int
) -> Iterator[Finding]:
    """All subnets at `path` are private ones of this graph, in enough zones."""
    subnets = graph.linked(resource, path, *types.SUBNETS)
    public = sorted(subnet.name for subnet in subnets if not is_private(graph, subnet))
    strange = len(resource.items(path)) - len(subnets)
    zones = zones_of(subnets)
    if public:
        rule, way = f"must be private subnets; public: {', '.join(public)}", "use the private tier"
    elif not subnets or (strange > 0 and UNKNOWN not in resource.items(path)):
        rule = "must be subnets of this stack, or adopted by it, whose routes can be seen"
        way = "pass the ids that infra/network gives out"
    elif len(zones) < least_zones:
        rule = f"must lie in at least {least_zones} zones and lie in {', '.join(sorted(zones))}"
        way = "pass the subnets of all zones"
    else:
        return
    yield wrong(resource, path, rule, way)
