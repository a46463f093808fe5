"""What resources that name each other must have in common, and how AWS refuses it otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import plain
from tests.infra.local.aws.client import Client, Made
from tests.infra.local.aws.test_world import refusal

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
IMAGE = "ami-0123456789abcdef0"


class Networks:
    """Two VPCs, each with a subnet, a group and a route table."""

    def __init__(self, client: Client) -> None:
        self.made: dict[str, Made] = {}
        self.client = client
        for side, second in (("here", 1), ("there", 2)):
            vpc = self.add(f"vpc-{side}", tokens.VPC, {"cidrBlock": f"10.{second}.0.0/16"})
            own = {"vpcId": vpc.id}
            subnet = {**own, "cidrBlock": f"10.{second}.0.0/24"}
            self.add(f"subnet-{side}", tokens.SUBNET, subnet)
            self.add(f"group-{side}", tokens.SECURITY_GROUP, {**own, "name": side})
            self.add(f"table-{side}", tokens.ROUTE_TABLE, own)
        private = {"subnetId": self["subnet-there"], "connectivityType": "private"}
        self.add("nat-there", tokens.NAT, private)
        s3 = {"vpcId": self["vpc-here"], "serviceName": "com.amazonaws.ap-southeast-1.s3"}
        self.add("endpoint-here", tokens.ENDPOINT, s3)

    def add(self, name: str, token: str, inputs: dict[str, Any]) -> Made:
        self.made[name] = self.client.create(token, inputs, name=name)
        return self.made[name]

    def __getitem__(self, name: str) -> str:
        return self.made[name].id


@pytest.fixture
def networks(client: Client) -> Networks:
    return Networks(client)


def endpoint(networks: Networks, **more: Any) -> dict[str, Any]:
    return {
        "vpcId": networks["vpc-here"],
        "serviceName": "com.amazonaws.ap-southeast-1.ecr.api",
        "vpcEndpointType": "Interface",
        "subnetIds": [networks["subnet-here"]],
        **more,
    }


def ports(group: str) -> list[dict[str, Any]]:
    return [{"protocol": "tcp", "fromPort": 1, "toPort": 2, "securityGroups": [group]}]


ACROSS: list[tuple[str, str, str, Callable[[Networks, str], dict[str, Any]]]] = [
    (
        "InvalidGroup.NotFound",
        tokens.INTERFACE,
        "group",
        lambda n, x: {"subnetId": n["subnet-here"], "securityGroups": [x]},
    ),
    (
        "InvalidParameter",
        tokens.ENDPOINT,
        "subnet",
        lambda n, x: endpoint(n, subnetIds=[x]),
    ),
    (
        "InvalidParameter",
        tokens.ENDPOINT,
        "group",
        lambda n, x: endpoint(n, securityGroupIds=[x]),
    ),
    (
        "InvalidParameter",
        tokens.ENDPOINT,
        "table",
        lambda n, x: {
            "vpcId": n["vpc-here"],
            "serviceName": "com.amazonaws.ap-southeast-1.dynamodb",
            "routeTableIds": [x],
        },
    ),
    (
        "InvalidParameter",
        tokens.ENDPOINT_ROUTE,
        "table",
        lambda n, x: {"vpcEndpointId": n["endpoint-here"], "routeTableId": x},
    ),
    (
        "InvalidParameterValue",
        "aws:ec2/networkAcl:NetworkAcl",
        "subnet",
        lambda n, x: {"vpcId": n["vpc-here"], "subnetIds": [x]},
    ),
    (
        "InvalidGroup.NotFound",
        RULE,
        "group",
        lambda n, x: {
            "securityGroupId": n["group-here"],
            "ipProtocol": "-1",
            "referencedSecurityGroupId": x,
        },
    ),
    (
        "InvalidGroup.NotFound",
        tokens.SECURITY_GROUP,
        "group",
        lambda n, x: {"vpcId": n["vpc-here"], "name": "inline", "ingress": ports(x)},
    ),
    (
        "InvalidGroup.NotFound",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "group",
        lambda n, x: {
            "securityGroupId": n["group-here"],
            "sourceSecurityGroupId": x,
            "type": "ingress",
            "protocol": "tcp",
            "fromPort": 1,
            "toPort": 2,
        },
    ),
]


@pytest.mark.parametrize(
    ("code", "token", "kind", "inputs"),
    ACROSS,
    ids=[f"{token.rsplit(':')[-1]}-{kind}" for _, token, kind, _ in ACROSS],
)
def test_what_is_joined_is_of_one_vpc(
    networks: Networks,
    code: str,
    token: str,
    kind: str,
    inputs: Callable[[Networks, str], dict[str, Any]],
):
    client = networks.client
    _, said = refusal(client.create, token, inputs(networks, networks[f"{kind}-there"]))
    assert said.startswith(f"{code}:")
    assert "belong to different networks" in said
    assert client.create(token, inputs(networks, networks[f"{kind}-here"])).id


@pytest.mark.parametrize("inline", [False, True])
def test_a_route_leads_to_a_gateway_of_its_own_vpc(networks: Networks, *, inline: bool):
    there = {"natGatewayId": networks["nat-there"]}
    for side, refused in (("here", True), ("there", False)):
        table = {"routeTableId": networks[f"table-{side}"]}
        route = {**table, "destinationCidrBlock": "0.0.0.0/0", **there}
        routes = [{"cidrBlock": "0.0.0.0/0", **there}]
        whole = {"vpcId": networks[f"vpc-{side}"], "routes": routes}
        asked = (tokens.ROUTE_TABLE, whole) if inline else (tokens.ROUTE, route)
        if refused:
            assert "different networks" in refusal(networks.client.create, *asked)[1]
        else:
            assert networks.client.create(*asked).id


def test_a_version_of_a_template_exists(networks: Networks):
    client = networks.client
    template = client.create(
        tokens.LAUNCH_TEMPLATE, {"name": "of-one", "imageId": IMAGE, "instanceType": "t3.micro"}
    )
    inputs = {"subnetId": networks["subnet-here"]}
    wrong = {**inputs, "launchTemplate": {"id": template.id, "version": "2"}}
    _, said = refusal(client.create, tokens.INSTANCE, wrong)
    assert said.startswith("InvalidLaunchTemplateId.VersionNotFound")
    for version in ("1", "$Latest"):
        good = {**inputs, "launchTemplate": {"id": template.id, "version": version}}
        assert client.create(tokens.INSTANCE, good, name=version).id


def test_a_default_version_of_a_template_exists(client: Client):
    wrong = {"name": "of-none", "defaultVersion": 2}
    assert "VersionNotFound" in refusal(client.create, tokens.LAUNCH_TEMPLATE, wrong)[1]
    made = client.create(tokens.LAUNCH_TEMPLATE, {"name": "of-two"})
    later = client.update(made, {"name": "of-two", "description": "x", "defaultVersion": 2})
    assert later.outputs["defaultVersion"] == 2


KEYS = [
    ({"isEnabled": False}, "is disabled"),
    ({"keyUsage": "SIGN_VERIFY", "customerMasterKeySpec": "RSA_2048"}, "encrypts nothing"),
]


@pytest.mark.parametrize(("key", "says"), KEYS)
@pytest.mark.parametrize(
    ("code", "token", "path", "inputs"),
    [
        (
            "InvalidKeyId",
            "aws:ssm/parameter:Parameter",
            "keyId",
            {"name": "/x", "type": "SecureString", "value": "x"},
        ),
        (
            "KMSKeyNotAccessibleFault",
            tokens.DOC_CLUSTER,
            "kmsKeyId",
            {
                "clusterIdentifier": "x",
                "masterUsername": "root1",
                "masterPassword": "long-enough",
                "storageEncrypted": True,
            },
        ),
    ],
)
def test_a_key_that_does_not_work_is_refused(
    client: Client,
    code: str,
    token: str,
    path: str,
    inputs: dict[str, Any],
    key: dict[str, Any],
    says: str,
):
    made = client.create(tokens.KEY, key)
    _, said = refusal(client.create, token, {**inputs, path: plain(made.outputs["arn"])})
    assert said.startswith(f"{code}:")
    assert says in said
    good = client.create(tokens.KEY, {}, name="good")
    assert client.create(token, {**inputs, path: plain(good.outputs["arn"])}).id


def test_a_secrets_value_needs_its_key(client: Client):
    key = client.create(tokens.KEY, {"isEnabled": False})
    alias = client.create(tokens.KEY_ALIAS, {"name": "alias/x", "targetKeyId": key.id})
    secret = client.create(tokens.SECRET, {"name": "x", "kmsKeyId": alias.id})
    value = {"secretId": secret.id, "secretString": "x"}
    _, said = refusal(client.create, tokens.SECRET_VERSION, value)
    assert said.startswith("EncryptionFailure")
    client.update(key, {"isEnabled": True})
    assert client.create(tokens.SECRET_VERSION, value).id


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"logging": {"targetBucket": "nowhere-of-gacp"}}, "InvalidTargetBucketForLogging"),
        (
            {
                "serverSideEncryptionConfiguration": {
                    "rule": {
                        "applyServerSideEncryptionByDefault": {
                            "sseAlgorithm": "aws:kms",
                            "kmsMasterKeyId": "arn:aws:kms:ap-southeast-1:123456789012:key/none",
                        }
                    }
                }
            },
            "KMS.NotFoundException",
        ),
    ],
)
def test_older_settings_of_a_bucket_point_at_what_exists(
    client: Client, inputs: dict[str, Any], code: str
):
    _, said = refusal(client.create, tokens.BUCKET, {"bucket": "gacp-of-test", **inputs})
    assert said.startswith(f"{code}:")
