"""The program in a VPC that somebody else made, under the recorder."""

import pytest

from infra.config.errors import ConfigurationError
from infra.config.keys import deep_merged
from infra.outputs import CLUSTER_OUTPUTS, HOST_OUTPUTS
from tests.infra.test_main import OUTPUTS
from tests.support import graph_rules
from tests.support.adopting import ADOPT, ATLAS, GATEWAY, VPC, Account, subnet_id
from tests.support.recording import run_program
from tests.support.stacks import stack_configuration

# The owner's alone: the VPC, what traffic takes through it, and what is written down of it.
OWNERS = (
    *("ec2/vpc:Vpc", "ec2/subnet:Subnet", "RouteTable", "ec2/route:", "NatGateway", "FlowLog"),
    *("InternetGateway", "DefaultSecurityGroup", "ec2/vpcEndpoint:"),
)


def run(profile="host", account=None, dry_run=False, **sections):
    config = deep_merged(
        stack_configuration("prod", profile), {"gacp:network": {"adopt": ADOPT}, **sections}
    )
    return run_program("prod", config, dry_run=dry_run, answer=(account or Account()).answer)


@pytest.mark.parametrize(
    ("profile", "more"), [("host", HOST_OUTPUTS), ("cluster", CLUSTER_OUTPUTS)]
)
def test_nothing_that_is_the_owners_is_made_and_the_outputs_stay(profile, more):
    graph = run(profile)
    assert not [each.urn for each in graph.custom for kind in OWNERS if kind in each.type]
    assert graph_rules.problems(graph, protected=True) == []
    assert graph.logs == []
    assert set(graph.outputs) == OUTPUTS | set(more)
    assert graph.outputs["vpcId"] == VPC


def test_everything_lies_in_the_subnets_that_the_stack_file_names():
    graph = run("cluster")
    tiers = {tier: [subnet_id(tier, each) for each in "abc"] for tier in ("public", "private")}
    data = [subnet_id("data", each) for each in "abc"]
    assert graph.one("docdb/subnetGroup:SubnetGroup").inputs["subnetIds"] == data
    assert graph.one("elasticache/subnetGroup:SubnetGroup").inputs["subnetIds"] == data
    assert graph.one("lb/loadBalancer:LoadBalancer").inputs["subnets"] == tiers["public"]
    assert graph.one("eks/cluster:Cluster").inputs["vpcConfig"]["subnetIds"] == tiers["private"]
    assert graph.outputs["nodeSubnetIds"] == tiers["private"]
    for group in graph.of_type("ec2/securityGroup:SecurityGroup"):
        assert group.inputs["vpcId"] == VPC


def test_the_workloads_call_the_data_tiers_own_ranges_and_no_more_of_the_vpc():
    ways = {
        each.name: each.inputs["cidrIpv4"]
        for each in run().of_type("SecurityGroupEgressRule")
        if each.inputs["fromPort"] in (27017, 6379)
    }
    assert ways == {
        f"workloads-out-{service}-{letter}": f"172.20.{32 + place}.0/24"
        for service in ("database", "redis")
        for place, letter in enumerate("abc")
    }


def test_endpoints_are_made_where_they_are_asked_for_and_no_route_table_is_touched():
    graph = run(**{"gacp:network": {"interfaceEndpoints": ["secretsmanager"], "adopt": ADOPT}})
    endpoint = graph.one("ec2/vpcEndpoint:VpcEndpoint").inputs
    assert endpoint["subnetIds"] == [subnet_id("private", each) for each in "abc"]
    assert "routeTableIds" not in endpoint
    callers = {
        each.inputs["cidrIpv4"]
        for each in graph.of_type("SecurityGroupIngressRule")
        if each.name.startswith("endpoints-in")
    }
    assert callers == {f"172.20.{row + place}.0/24" for row in (0, 16) for place in range(3)}


def test_a_preview_reads_and_registers_what_an_update_does():
    account = Account()
    preview, update = run(account=account, dry_run=True), run()
    assert [each.urn for each in preview.resources] == [each.urn for each in update.resources]
    assert set(account.asked) == {"getVpc", "getSubnet", "getRouteTables", "getRouteTable"}


def refused(**sections):
    account = Account(sections.pop("vpc", None), sections.pop("said", None))
    with pytest.raises(ConfigurationError) as refusal:
        run(account=account, **sections)
    return {problem.key: str(problem) for problem in refusal.value.problems}


@pytest.mark.parametrize(
    ("tier", "letter", "said", "rule", "way"),
    [
        ("data", "b", {"vpcId": "vpc-1"}, "is one of vpc-1", "name one of the adopted VPC"),
        (
            "private",
            "c",
            {"availabilityZone": "ap-southeast-1a"},
            "must be in ap-southeast-1c and is in ap-southeast-1a",
            "put it under a",
        ),
        ("public", "a", {"table": "rtb-data"}, "must route 0.0.0.0/0", "ask the VPC's owner"),
        ("data", "a", {"table": "rtb-public"}, f"to the internet ({GATEWAY})", "through NAT"),
        ("private", "a", {"table": "rtb-public"}, "must not route to the internet", "through NAT"),
        ("data", "c", {"mapPublicIpOnLaunch": True}, "must not give out public", "turn it off"),
        ("private", "b", {"table": "rtb-data"}, "must have a way out", "NAT or transit gateway"),
    ],
)
def test_a_subnet_that_is_not_as_the_platform_needs_it_is_refused(tier, letter, said, rule, way):
    id_ = subnet_id(tier, letter)
    found = refused(profile="cluster", said={id_: said})
    (key,) = found
    assert key == f"gacp:network.adopt.{tier}Subnets.{letter}"
    for part in (id_, rule, way):
        assert part in found[key]


def test_private_subnets_without_a_way_out_will_do_for_a_machine():
    assert run(account=Account(said={subnet_id("private", "b"): {"table": "rtb-data"}}))


@pytest.mark.parametrize("attribute", ["enableDnsSupport", "enableDnsHostnames"])
def test_a_vpc_without_names_is_refused(attribute):
    found = refused(vpc={attribute: False})
    assert attribute in found["gacp:network.adopt.vpcId"]
    assert VPC in found["gacp:network.adopt.vpcId"]


def test_all_that_does_not_fit_is_told_at_once():
    data, public = subnet_id("data", "a"), subnet_id("public", "b")
    said = {data: {"vpcId": "vpc-1"}, public: {"table": "rtb-data"}}
    assert set(refused(vpc={"enableDnsSupport": False}, said=said)) == {
        "gacp:network.adopt.vpcId",
        "gacp:network.adopt.publicSubnets.b",
        "gacp:network.adopt.dataSubnets.a",
    }


def test_ids_that_aws_does_not_show_are_all_named():
    strange = {"a": "subnet-ffffffffffffffff1", "b": "subnet-ffffffffffffffff2"}
    network = {"adopt": {**ADOPT, "dataSubnets": {**ADOPT["dataSubnets"], **strange}}}
    found = refused(**{"gacp:network": network})
    assert set(found) == {f"gacp:network.adopt.dataSubnets.{letter}" for letter in "ab"}
    assert "no matching subnet found" in found["gacp:network.adopt.dataSubnets.a"]
    gone = {"adopt": {**ADOPT, "vpcId": "vpc-00000000"}}
    assert "no matching EC2 VPC" in refused(**{"gacp:network": gone})["gacp:network.adopt.vpcId"]


def test_an_external_database_is_called_in_its_ranges_alone():
    graph = run(**{"gacp:database": ATLAS})
    ways = {
        (each.name, each.inputs["cidrIpv4"])
        for each in graph.of_type("SecurityGroupEgressRule")
        if each.inputs["fromPort"] == 27017
    }
    assert ways == {("workloads-out-database-192-168-248-0-21", "192.168.248.0/21")}
