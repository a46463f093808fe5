"""The cheap shape: an example that is copied, and so is held to everything that stacks are."""

import pytest

from tests.support import graph_rules


@pytest.fixture(scope="module")
def cheap(graph_of):
    return graph_of("cheap")


def test_it_keeps_every_rule_and_is_hard_to_hurt(cheap):
    assert graph_rules.problems(cheap, protected=True) == []


@pytest.mark.parametrize(
    "absent",
    [
        "ec2/natGateway:NatGateway",
        "lb/loadBalancer:LoadBalancer",
        "wafv2/webAcl:WebAcl",
        "cloudfront/distribution:Distribution",
    ],
)
def test_it_has_nothing_that_costs_by_the_hour_beside_its_machines(cheap, absent):
    assert not cheap.of_type(absent)


def test_the_one_endpoint_is_free(cheap):
    kinds = [each.inputs["vpcEndpointType"] for each in cheap.of_type("VpcEndpoint")]
    assert kinds == ["Gateway"]


def test_there_is_one_small_machine_of_each_kind(cheap):
    assert cheap.one("docdb/clusterInstance:ClusterInstance").inputs["instanceClass"] == (
        "db.t4g.medium"
    )
    assert [each.inputs["numCacheClusters"] for each in cheap.of_type("ReplicationGroup")] == [1, 1]
    group = cheap.one("autoscaling/group:Group").inputs
    assert (group["minSize"], group["maxSize"]) == (1, 1)


def test_what_holds_data_is_as_safe_as_in_production(cheap, graph_of):
    prod = graph_of("prod", "host")
    cluster, of_prod = (graph.one("docdb/cluster:Cluster").inputs for graph in (cheap, prod))
    for name in ("backupRetentionPeriod", "deletionProtection", "storageEncrypted"):
        assert cluster[name] == of_prod[name]
