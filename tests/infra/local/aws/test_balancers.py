"""Load balancers and their listeners: names, what replaces them, and what goes with them."""

from __future__ import annotations

import re
from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.catalogue.balancer_zones import ZONES
from tests.infra.local.aws.cases.balancers import HTTPS, NETWORK, OUTSIDE, TCP
from tests.infra.local.aws.client import Client
from tests.infra.local.aws.ground import Ground


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(grpc.RpcError) as refused:
        call(*args)
    return str(refused.value.details())


def test_a_network_balancer_is_known_by_name_zone_and_suffix(client: Client, ground: Ground):
    made = client.create(tokens.BALANCER, ground.fill({**NETWORK, "name": "edge"}))
    number = made.id.rsplit("/", 1)[1]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    region = "arn:aws:elasticloadbalancing:ap-southeast-1:123456789012"
    assert made.id == made.outputs["arn"] == f"{region}:loadbalancer/net/edge/{number}"
    assert made.outputs["arnSuffix"] == f"net/edge/{number}"
    assert made.outputs["dnsName"] == f"edge-{number}.elb.ap-southeast-1.amazonaws.com"
    assert made.outputs["zoneId"] == "ZKVM4W9LS7TM"
    assert made.outputs["vpcId"] == ground["vpc"].id


def test_an_application_balancer_inside_says_so_in_its_name(client: Client, ground: Ground):
    inputs = {"internal": True, "subnets": ["$subnet-a", "$subnet-b"], "name": "web"}
    made = client.create(tokens.BALANCER, ground.fill(inputs))
    assert re.fullmatch(
        r"internal-web-\d+\.ap-southeast-1\.elb\.amazonaws\.com", made.outputs["dnsName"]
    )
    assert made.outputs["zoneId"] == "Z1LMS91P8CMLE5"
    assert made.outputs["securityGroups"] == [ground["vpc"].outputs["defaultSecurityGroupId"]]


def test_a_prefix_begins_the_name(client: Client, ground: Ground):
    made = client.create(tokens.BALANCER, ground.fill({**NETWORK, "namePrefix": "edge-"}))
    assert made.outputs["name"].startswith("edge-")
    assert made.outputs["name"] in made.id


@pytest.mark.parametrize(
    ("before", "after", "replaces"),
    [
        ({"subnets": ["$subnet-a"]}, {"subnets": ["$subnet-a", "$subnet-b"]}, []),
        ({"subnets": ["$subnet-a", "$subnet-b"]}, {"subnets": ["$subnet-a"]}, ["subnets"]),
        ({}, {"securityGroups": ["$group"]}, ["securityGroups"]),
        ({"securityGroups": ["$group"]}, {"securityGroups": []}, ["securityGroups"]),
        ({"securityGroups": ["$group"]}, {}, []),
        ({"securityGroups": ["$group"]}, {"securityGroups": ["$group-2"]}, []),
        ({}, {"enableDeletionProtection": True}, []),
        ({}, {"name": "another"}, ["name"]),
    ],
)
def test_what_replaces_a_network_balancer(
    client: Client, ground: Ground, before: Any, after: Any, replaces: list[str]
):
    made = client.create(tokens.BALANCER, ground.fill({**NETWORK, **before}))
    answer = client.diff(made, ground.fill({**NETWORK, **after}))
    assert list(answer.replaces) == replaces
    assert bool(answer.diffs) == (before.keys() <= after.keys())


def test_an_application_balancer_loses_a_subnet_in_place(client: Client, ground: Ground):
    third = {"vpcId": "$vpc", "cidrBlock": "10.20.9.0/24", "availabilityZone": "ap-southeast-1c"}
    subnet = client.create(tokens.SUBNET, ground.fill(third), name="third").id
    inputs = ground.fill({"internal": True, "subnets": ["$subnet-a", "$subnet-b", subnet]})
    made = client.create(tokens.BALANCER, inputs)
    answer = client.diff(made, {**inputs, "subnets": inputs["subnets"][:2]})
    assert not list(answer.replaces)


def test_https_needs_a_certificate_that_is_issued(client: Client, ground: Ground):
    inputs = ground.fill({**HTTPS, "certificateArn": "$certificate:arn"})
    said = refusal(client.create, tokens.LISTENER, inputs)
    assert said.startswith("UnsupportedCertificate")
    assert "aws.acm.CertificateValidation" in said
    ground["issued"]
    made = client.create(tokens.LISTENER, inputs)
    assert made.outputs["sslPolicy"] == "ELBSecurityPolicy-2016-08"
    assert made.id.startswith(ground["balancer-web"].id.replace(":loadbalancer/", ":listener/"))
    assert refusal(client.delete, ground["certificate"]).startswith("ResourceInUseException")


def test_a_port_has_one_listener(client: Client, ground: Ground):
    client.create(tokens.LISTENER, ground.fill(TCP))
    inputs = ground.fill(
        {**TCP, "defaultActions": [{"type": "forward", "targetGroupArn": "$targets-2:arn"}]}
    )
    assert refusal(client.create, tokens.LISTENER, inputs).startswith("DuplicateListener")


def test_deletion_protection_holds_until_it_is_taken_off(client: Client, ground: Ground):
    inputs = ground.fill(NETWORK)
    made = client.create(tokens.BALANCER, {**inputs, "enableDeletionProtection": True})
    assert refusal(client.delete, made).startswith("OperationNotPermitted")
    client.delete(client.update(made, inputs))
    assert client.read(tokens.BALANCER, made.id) is None


def test_listeners_go_with_their_balancer(client: Client, ground: Ground):
    listener = client.create(tokens.LISTENER, ground.fill(TCP))
    client.delete(ground["balancer"])
    assert client.read(tokens.LISTENER, listener.id) is None
    client.delete(ground["targets"])


def test_a_balancer_outside_stands_behind_a_gateway(client: Client, ground: Ground):
    ground["gateway"]
    assert client.create(tokens.BALANCER, ground.fill(OUTSIDE)).outputs["internal"] is False


def test_a_region_without_known_zones_is_named(client: Client, ground: Ground):
    assert "il-central-1" not in ZONES
    region = {"region": "il-central-1"}
    vpc = client.create(tokens.VPC, {"cidrBlock": "10.0.0.0/16", **region}).id
    subnet = {"vpcId": vpc, "cidrBlock": "10.0.0.0/24", **region}
    inputs = {**NETWORK, "subnets": [client.create(tokens.SUBNET, subnet).id], **region}
    said = refusal(client.create, tokens.BALANCER, inputs)
    assert "hosted zones of load balancers in il-central-1" in said
