"""Data sources."""

from __future__ import annotations

import json

import pytest

from infra.local.aws.codec import plain
from tests.infra.local.aws.client import Client, RefusedError
from tests.infra.local.aws.ground import Ground

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


def test_the_account_is_the_local_one(client: Client):
    answer = client.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert answer["accountId"] == "123456789012"


def test_the_region_is_the_providers(client: Client):
    assert client.invoke("aws:index/getRegion:getRegion")["region"] == "ap-southeast-1"
    assert client.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"


def test_zones_can_be_left_out(client: Client):
    answer = client.invoke(
        "aws:index/getAvailabilityZones:getAvailabilityZones", excludeNames=["ap-southeast-1a"]
    )
    assert answer["names"] == ["ap-southeast-1b", "ap-southeast-1c"]
    assert answer["zoneIds"] == ["apse1-az2", "apse1-az3"]


def test_a_public_image_parameter_is_the_same_each_time(client: Client):
    first, second = (
        client.invoke("aws:ssm/getParameter:getParameter", name=IMAGE) for _ in range(2)
    )
    assert plain(first["value"]).startswith("ami-")
    assert first == second
    assert first["insecureValue"] == plain(first["value"])


def test_a_parameter_of_the_stack_is_found(client: Client):
    client.create(
        "aws:ssm/parameter:Parameter", {"name": "/gacp/a", "type": "String", "value": "1"}
    )
    assert plain(client.invoke("aws:ssm/getParameter:getParameter", name="/gacp/a")["value"]) == "1"


def test_a_parameter_that_nobody_made_stops_the_program(client: Client):
    with pytest.raises(RefusedError, match="ParameterNotFound"):
        client.invoke("aws:ssm/getParameter:getParameter", name="/gacp/none")


def test_an_image_is_found_by_its_filters(client: Client):
    filters = [{"name": "name", "values": ["al2023-ami-*-arm64"]}]
    answer = client.invoke(
        "aws:ec2/getAmi:getAmi", owners=["amazon"], mostRecent=True, filters=filters
    )
    assert answer["architecture"] == "arm64"
    assert answer["id"].startswith("ami-")


def test_a_zone_of_the_stack_is_found_by_name(client: Client, ground: Ground):
    zone = ground["zone"]
    assert (
        client.invoke("aws:route53/getZone:getZone", name="gacp.example.org")["zoneId"] == zone.id
    )
    with pytest.raises(RefusedError, match="no matching Route 53 Hosted Zone"):
        client.invoke("aws:route53/getZone:getZone", name="nowhere.example")


def test_a_vpc_is_found_by_its_range(client: Client, ground: Ground):
    assert (
        client.invoke("aws:ec2/getVpc:getVpc", cidrBlock="10.20.0.0/16" if ground["vpc"] else "")[
            "id"
        ]
        == ground["vpc"].id
    )
    with pytest.raises(RefusedError, match="exactly one must"):
        client.invoke("aws:ec2/getVpc:getVpc", cidrBlock="10.66.0.0/16")


def test_an_alias_leads_to_its_key(client: Client, ground: Ground):
    key = ground["key"]
    client.create("aws:kms/alias:Alias", {"name": "alias/data", "targetKeyId": key.id})
    assert client.invoke("aws:kms/getAlias:getAlias", name="alias/data")["targetKeyId"] == key.id
    assert client.invoke("aws:kms/getAlias:getAlias", name="alias/aws/s3")["targetKeyArn"]


def test_a_secret_is_found_without_its_value(client: Client, ground: Ground):
    made = ground["secret"]
    answer = client.invoke("aws:secretsmanager/getSecret:getSecret", name="gacp/tests")
    assert answer["arn"] == made.id
    assert "secretString" not in answer


def test_a_policy_document_is_rendered_as_iam_reads_it(client: Client):
    answer = client.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        statements=[
            {
                "sid": "Read",
                "actions": ["s3:GetObject"],
                "resources": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
                "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
                "conditions": [
                    {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}
                ],
            },
            {
                "effect": "Deny",
                "actions": ["*"],
                "resources": ["*"],
                "principals": [{"type": "*", "identifiers": ["*"]}],
            },
        ],
    )
    read, deny = json.loads(answer["json"])["Statement"]
    assert read["Action"] == "s3:GetObject"
    assert sorted(read["Resource"]) == ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]
    assert read["Condition"] == {"Bool": {"aws:SecureTransport": "true"}}
    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")


def test_policy_documents_are_joined_by_sid(client: Client):
    source = json.dumps(
        {"Statement": [{"Sid": "A", "Effect": "Allow"}, {"Sid": "B", "Effect": "Allow"}]}
    )
    override = json.dumps({"Statement": [{"Sid": "A", "Effect": "Deny"}]})
    name = "aws:iam/getPolicyDocument:getPolicyDocument"
    answer = client.invoke(name, sourcePolicyDocuments=[source], overridePolicyDocuments=[override])
    assert [item["Effect"] for item in json.loads(answer["json"])["Statement"]] == ["Deny", "Allow"]
    with pytest.raises(RefusedError, match="duplicate Sid 'A'"):
        client.invoke(name, sourcePolicyDocuments=[source, source])
