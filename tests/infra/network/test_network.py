"""Shapes of the network that no tracked stack has yet."""

import pytest

from infra.config.keys import deep_merged
from tests.support import graph_rules
from tests.support.recording import run_program


def with_nat(configuration_of, nat):
    config = deep_merged(configuration_of("local"), {"gacp:network": {"nat": nat}})
    return run_program("local", config)


@pytest.mark.parametrize(("nat", "gateways"), [("one", 1), ("per-zone", 2)])
def test_private_subnets_leave_through_nat(configuration_of, nat, gateways):
    graph = with_nat(configuration_of, nat)
    assert graph_rules.problems(graph, protected=False) == []
    assert len(graph.of_type("ec2/natGateway:NatGateway")) == gateways
    assert len(graph.of_type("ec2/eip:Eip")) == gateways
    routes = [each for each in graph.of_type("ec2/route:Route") if each.inputs.get("natGatewayId")]
    assert len(routes) == gateways


def test_with_one_gateway_every_private_subnet_uses_its_table(configuration_of):
    graph = with_nat(configuration_of, "one")
    tables = {
        each.inputs["routeTableId"]
        for each in graph.of_type("RouteTableAssociation")
        if "private" in each.name
    }
    assert tables == {"egress-private-a-id"}


def test_with_a_gateway_per_zone_none_leaves_through_another_zone(configuration_of):
    graph = with_nat(configuration_of, "per-zone")
    for letter in "ab":
        association = graph.one("RouteTableAssociation", f"egress-private-{letter}")
        assert association.inputs["routeTableId"] == f"egress-private-{letter}-id"
        route = graph.one("ec2/route:Route", f"egress-private-{letter}")
        assert route.inputs["natGatewayId"] == f"egress-nat-{letter}-id"


@pytest.mark.parametrize("nat", ["none", "one", "per-zone"])
def test_the_data_tier_has_no_way_out(configuration_of, nat):
    graph = with_nat(configuration_of, nat)
    assert not [
        each
        for each in graph.of_type("ec2/route:Route")
        if each.inputs["routeTableId"] == "egress-data-id"
    ]


def test_the_s3_endpoint_stands_on_every_route_table(prod_graph):
    endpoint = prod_graph.one("VpcEndpoint", "endpoints-s3").inputs
    tables = prod_graph.of_type("ec2/routeTable:RouteTable")
    assert sorted(endpoint["routeTableIds"]) == sorted(f"{each.name}-id" for each in tables)


def test_interface_endpoints_take_https_from_the_vpc_alone(prod_graph):
    rule = prod_graph.one("SecurityGroupIngressRule", "endpoints-in-https").inputs
    assert (rule["cidrIpv4"], rule["fromPort"]) == ("10.20.0.0/16", 443)
    interfaces = [
        each
        for each in prod_graph.of_type("VpcEndpoint")
        if each.inputs["vpcEndpointType"] == "Interface"
    ]
    assert len(interfaces) == 8
    for each in interfaces:
        assert len(each.inputs["subnetIds"]) == 3
        assert each.inputs["privateDnsEnabled"] is True
        assert len(each.inputs["securityGroupIds"]) == 1
