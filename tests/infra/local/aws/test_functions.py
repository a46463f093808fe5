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


def made_network(client: Client, ground: Ground) -> dict[str, str]:
    """A subnet with a table that leads out, one on the VPC's own table, and an endpoint of S3."""
    vpc, table = ground["vpc"], ground["table"]
    tied, loose, gateway = ground["subnet-a"], ground["subnet-b"], ground["gateway"]
    out = {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id, "routeTableId": table.id}
    client.create("aws:ec2/route:Route", out)
    link = {"subnetId": tied.id, "routeTableId": table.id}
    client.create("aws:ec2/routeTableAssociation:RouteTableAssociation", link)
    endpoint = client.create(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": vpc.id,
            "serviceName": "com.amazonaws.ap-southeast-1.s3",
            "routeTableIds": [table.id],
        },
    )
    ids = {"vpc": vpc, "table": table, "tied": tied, "loose": loose, "gateway": gateway}
    return {name: made.id for name, made in ids.items()} | {"endpoint": endpoint.id}


def test_a_subnet_is_found_with_its_vpc_zone_and_range(client: Client, ground: Ground):
    found = client.invoke("aws:ec2/getSubnet:getSubnet", id=ground["subnet-b"].id)
    assert found["vpcId"] == ground["vpc"].id
    assert (found["availabilityZone"], found["cidrBlock"]) == ("ap-southeast-1b", "10.20.1.0/24")
    assert found["mapPublicIpOnLaunch"] is False
    again = client.invoke(
        "aws:ec2/getSubnet:getSubnet",
        vpcId=ground["vpc"].id,
        availabilityZone="ap-southeast-1b",
    )
    assert again["id"] == found["id"]


def test_a_subnet_that_nobody_made_stops_the_program(client: Client, ground: Ground):
    with pytest.raises(RefusedError, match=r"0 subnets match .*InvalidSubnetID.NotFound"):
        client.invoke("aws:ec2/getSubnet:getSubnet", id="subnet-0123456789abcdef0")
    ground["subnet-a"], ground["subnet-b"]
    with pytest.raises(RefusedError, match="2 subnets match"):
        client.invoke("aws:ec2/getSubnet:getSubnet", vpcId=ground["vpc"].id)
    with pytest.raises(RefusedError, match="filters of subnets are not modelled"):
        client.invoke(
            "aws:ec2/getSubnet:getSubnet", filters=[{"name": "tag:Tier", "values": ["data"]}]
        )


def test_route_tables_are_found_by_what_is_tied_to_them(client: Client, ground: Ground):
    ids = made_network(client, ground)
    name = "aws:ec2/getRouteTables:getRouteTables"

    def tables(filter_: str, *values: str) -> list[str]:
        return client.invoke(name, filters=[{"name": filter_, "values": list(values)}])["ids"]

    main = client.invoke("aws:ec2/getVpc:getVpc", id=ids["vpc"])["mainRouteTableId"]
    assert tables("association.subnet-id", ids["tied"]) == [ids["table"]]
    assert tables("association.subnet-id", ids["loose"]) == []
    assert tables("association.main", "true") == [main]
    assert sorted(client.invoke(name, vpcId=ids["vpc"])["ids"]) == sorted([ids["table"], main])
    with pytest.raises(RefusedError, match=r"filter 'owner-id' is not modelled.*association.main"):
        tables("owner-id", "123456789012")


def test_a_route_table_shows_where_its_traffic_goes(client: Client, ground: Ground):
    ids = made_network(client, ground)
    name = "aws:ec2/getRouteTable:getRouteTable"
    found = client.invoke(name, routeTableId=ids["table"])
    out, storage = found["routes"]
    assert (out["cidrBlock"], out["gatewayId"]) == ("0.0.0.0/0", ids["gateway"])
    assert out["natGatewayId"] == ""
    assert storage["gatewayId"] == ids["endpoint"]
    assert storage["destinationPrefixListId"].startswith("pl-")
    assert [each["subnetId"] for each in found["associations"]] == [ids["tied"]]
    assert client.invoke(name, subnetId=ids["tied"])["id"] == ids["table"]
    with pytest.raises(RefusedError, match="0 route tables match"):
        client.invoke(name, subnetId=ids["loose"])  # it is on the main table, tied to none


def test_the_main_table_shows_the_routes_that_were_given_to_it(client: Client, ground: Ground):
    vpc, gateway = ground["vpc"], ground["gateway"]
    main = client.invoke("aws:ec2/getVpc:getVpc", id=vpc.id)["mainRouteTableId"]
    name = "aws:ec2/getRouteTable:getRouteTable"
    assert client.invoke(name, routeTableId=main)["routes"] == []
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway.id}]
    client.create(
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        {"defaultRouteTableId": main, "routes": routes},
    )
    (route,) = client.invoke(name, routeTableId=main)["routes"]
    assert (route["cidrBlock"], route["gatewayId"]) == ("0.0.0.0/0", gateway.id)
    assert client.invoke(name, routeTableId=main)["associations"][0]["main"] is True
