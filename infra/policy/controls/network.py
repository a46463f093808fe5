"""The VPC: what is recorded, what is open, and how traffic leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infra.config.choices import Environment
from infra.policy import types
from infra.policy.claims import fault, is_false_or_absent, is_true, must, must_link, one_of, wrong
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, Where, control
from infra.policy.subnets import routes_of, zones_of

INTERFACES = ("ecr.api", "ecr.dkr", "sts", "secretsmanager", "logs")

_VPC = (types.VPC,)
_ANY_VPC = (types.VPC, types.ADOPTED_VPC)
_RULES = (types.INGRESS_RULE, types.EGRESS_RULE, types.GROUP_RULE)


@control(
    "A16",
    "Traffic of the VPC is recorded",
    "an ec2.FlowLog for each Vpc, trafficType ALL or REJECT, into a log group of the stack",
    "EC2.6 CKV2_AWS_11",
    Severity.MEDIUM,
    _VPC,
    where=Where.AWS,
)
def flow_logs(graph: Graph, _: Profile) -> Iterator[Finding]:
    for vpc in graph.of(types.VPC):
        logs = graph.users(vpc, "vpcId", types.FLOW_LOG)
        if not logs:
            yield fault(vpc, "must have a flow log", "set gacp:network.flowLogs to true")
        for log in logs:
            if log.get("logDestinationType") in (None, "cloud-watch-logs"):
                yield from must_link(
                    graph,
                    log,
                    "logDestination",
                    (types.LOG_GROUP,),
                    "must be a log group of this stack",
                    "give it the group's ARN",
                )
            yield from must(
                log, "trafficType", one_of("ALL", "REJECT"), "must be ALL or REJECT", "use ALL"
            )


@control(
    "A17",
    "The default security group lets nothing through",
    "ec2.DefaultSecurityGroup of each Vpc, ingress and egress []",
    "EC2.2 CKV2_AWS_12",
    Severity.HIGH,
    _VPC,
)
def default_group(graph: Graph, _: Profile) -> Iterator[Finding]:
    for vpc in graph.of(types.VPC):
        groups = graph.users(vpc, "vpcId", types.DEFAULT_GROUP)
        if not groups:
            yield fault(
                vpc,
                "must have its default group adopted: AWS leaves it open",
                "add an ec2.DefaultSecurityGroup without rules",
            )
        for group in groups:
            for key in ("ingress", "egress"):
                if group.get(key) not in (None, []):
                    yield wrong(group, key, "must be []", "write rules in groups of their own")
            for rule in graph.users(group, "securityGroupId", *_RULES):
                yield wrong(rule, "securityGroupId", "must not be the default group", "use another")


@control(
    "A18",
    "Subnets give out no public addresses",
    "ec2.Subnet mapPublicIpOnLaunch is false",
    "EC2.15 CKV_AWS_130",
    Severity.MEDIUM,
    (types.SUBNET,),
    alone=True,
)
def public_addresses(graph: Graph, _: Profile) -> Iterator[Finding]:
    for subnet in graph.of(types.SUBNET):
        yield from must(
            subnet,
            "mapPublicIpOnLaunch",
            is_false_or_absent,
            "must be false",
            "ask for an address where one is wanted (ec2.Eip)",
        )


@control(
    "A22",
    "Calls to AWS stay inside the VPC",
    f"ec2.VpcEndpoint for s3 (Gateway) on route tables; in prod interfaces for "
    f"{', '.join(INTERFACES)}, all with private DNS",
    "EC2.10/55/56/57",
    Severity.MEDIUM,
    _ANY_VPC,
)
def endpoints(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for vpc in graph.of(*_ANY_VPC):
        there = graph.users(vpc, "vpcId", types.ENDPOINT)
        yield from _private_names(there)
        if vpc.type == types.ADOPTED_VPC:
            continue  # which others it has is its owner's to say
        gateways = [each for each in there if _serves(each, "Gateway", "s3")]
        if not any(each.items("routeTableIds") for each in gateways):
            yield fault(vpc, "must have a gateway endpoint of s3 on its tables", "add it: free")
        for service in INTERFACES if profile.is_prod else ():
            if not has_interface(there, service):
                yield fault(
                    vpc,
                    f"must have an interface endpoint of {service} in prod",
                    "name it in gacp:network.interfaceEndpoints",
                )


def _private_names(endpoints: Sequence[Resource]) -> Iterator[Finding]:
    for each in endpoints:
        if each.get("vpcEndpointType") == "Interface":
            yield from must(
                each,
                "privateDnsEnabled",
                is_true,
                "must be true",
                "callers would go on to the public address",
            )


def has_interface(endpoints: Sequence[Resource], service: str) -> bool:
    """Whether one of the endpoints is the service's interface in the VPC."""
    return any(_serves(each, "Interface", service) for each in endpoints)


def _serves(endpoint: Resource, kind: str, service: str) -> bool:
    given = endpoint.get("vpcEndpointType") or "Gateway"
    return given == kind and str(endpoint.get("serviceName")).endswith(f".{service}")


@control(
    "A23",
    "A zone's end takes neither the others nor their way out",
    "prod: subnets of each tier (and those of subnet groups) in 3 zones, a NAT gateway in each "
    "where there is one or a cluster, each zone through its own (an adopted VPC's gateways are its "
    "owner's); dev: 1 gateway",
    "EKS best practices (data plane)",
    Severity.MEDIUM,
    _ANY_VPC,
)
def zones_and_nat(graph: Graph, profile: Profile) -> Iterator[Finding]:
    gateways = graph.of(types.NAT_GATEWAY)
    if profile.environment is Environment.DEV and len(gateways) > 1:
        yield fault(gateways[1], "must not be in dev: 1 gateway is enough", "nat: one")
    if not profile.is_prod:
        return
    for vpc in graph.of(*_ANY_VPC):
        subnets = graph.users(vpc, "vpcId", *types.SUBNETS)
        zones = zones_of(subnets)
        for tier in sorted({tier_of(each) for each in subnets}):
            count = len(zones_of([each for each in subnets if tier_of(each) == tier]))
            if count < 3:
                rule = f"must have subnets {tier} in 3 zones and has them in {count}"
                yield fault(vpc, rule, "name three in gacp:network.zones")
        if vpc.type == types.ADOPTED_VPC:
            continue  # how its zones get out is its owner's to say
        served = zones_of([s for g in gateways for s in graph.linked(g, "subnetId", types.SUBNET)])
        needed = bool(gateways or graph.of(types.CLUSTER))
        for zone in sorted(zones - served) if needed else ():
            yield fault(vpc, f"must have a NAT gateway in {zone}", "nat: per-zone")
        for subnet in subnets:
            yield from _own_gateway(graph, subnet)
    for group in graph.of(*types.SUBNET_GROUPS):
        zones = zones_of(graph.linked(group, "subnetIds", *types.SUBNETS))
        if len(zones) < 3:
            rule = f"must be subnets in 3 zones and lie in {len(zones)}"
            yield wrong(group, "subnetIds", rule, "pass the data tier's subnets")


def tier_of(subnet: Resource) -> str:
    """What a subnet is for: its logical name without the slot, which is the zone's letter."""
    return subnet.name.rpartition("-")[0]


def _own_gateway(graph: Graph, subnet: Resource) -> Iterator[Finding]:
    for route in routes_of(graph, subnet):
        gateways = graph.linked(route, "natGatewayId", types.NAT_GATEWAY)
        if route.get("natGatewayId") is not None and not gateways:
            yield wrong(route, "natGatewayId", "must be a gateway of this stack", "tie it again")
        for gateway in gateways:
            zones = zones_of(graph.linked(gateway, "subnetId", types.SUBNET))
            if zones and zones != {subnet.get("availabilityZone")}:
                rule = f"must not leave {subnet.name} through {', '.join(sorted(zones))}"
                yield fault(route, rule, "give each zone's table its own gateway")
