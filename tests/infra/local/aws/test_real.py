"""Resources made on an AWS API on loopback, and made again when it forgot them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import plain, secret
from infra.local.aws.real.table import REALISERS, SEEN
from infra.local.aws.table import TABLE
from tests.infra.local.aws.client import Client, Made, Running
from tests.infra.local.aws.ground import Ground, policy
from tests.infra.local.aws.moto import MotoServer

pytestmark = [pytest.mark.services, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SETTINGS: dict[str, dict[str, Any]] = {
    "aws:s3/bucketVersioning:BucketVersioning": {"versioningConfiguration": {"status": "Enabled"}},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": "$key:arn",
                },
                "bucketKeyEnabled": True,
            }
        ]
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        "rules": [
            {
                "id": "abort",
                "status": "Enabled",
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            }
        ]
    },
}


@pytest.fixture(scope="module")
def moto() -> Iterator[MotoServer]:
    started = MotoServer()
    yield started
    started.stop()


class Local:
    """A provider beside an AWS API; `again` is the next command's process."""

    def __init__(self, folder: Path, moto: MotoServer, **database: Any) -> None:
        services: dict[str, Any] = {"aws": {"host": "127.0.0.1", "port": moto.port, "tls": False}}
        if database:
            services["database"] = {"host": "127.0.0.1", "port": 27117, **database}
        self._endpoints = folder / "endpoints.json"
        self._endpoints.write_text(json.dumps({"version": 1, "services": services}), "utf-8")
        self._store = folder / "world.sqlite"
        self.running = self._run()

    def _run(self) -> Running:
        running = Running(self._store, endpoints=str(self._endpoints))
        running.client.configure(defaultTags={"tags": {"env": "tests"}})
        return running

    def again(self) -> None:
        self.running.stop()
        self.running = self._run()

    @property
    def client(self) -> Client:
        return self.running.client


@pytest.fixture
def local(tmp_path: Path, moto: MotoServer) -> Iterator[Local]:
    started = Local(tmp_path, moto)
    yield started
    started.running.stop()


@pytest.fixture
def ground(local: Local) -> Ground:
    return Ground(local.client)


def test_only_known_types_are_made_for_real():
    assert set(REALISERS) <= set(TABLE)


def test_what_is_made_for_real_is_read_from_there():
    assert set(SEEN) == set(REALISERS)


def test_a_network_is_really_there(local: Local, ground: Ground, moto: MotoServer):
    for name in ("nat", "table", "group", "gateway"):
        assert ground[name].id
    ec2 = moto.client("ec2")
    vpc = ec2.describe_vpcs(VpcIds=[ground["vpc"].id])["Vpcs"][0]
    assert vpc["CidrBlock"] == "10.20.0.0/16"
    assert {"Key": "env", "Value": "tests"} in vpc["Tags"]
    subnets = ec2.describe_subnets(SubnetIds=[ground["subnet-a"].id])["Subnets"]
    assert subnets[0]["AvailabilityZone"] == "ap-southeast-1a"


def test_security_group_rules_are_really_there(local: Local, ground: Ground, moto: MotoServer):
    made = local.client.create(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        ground.fill(
            {
                "securityGroupId": "$group",
                "ipProtocol": "tcp",
                "fromPort": 27017,
                "toPort": 27017,
                "referencedSecurityGroupId": "$group-2",
            }
        ),
    )
    ec2 = moto.client("ec2")
    found = ec2.describe_security_groups(GroupIds=[ground["group"].id])["SecurityGroups"][0]
    assert found["IpPermissions"][0]["FromPort"] == 27017
    assert found["IpPermissionsEgress"] == []
    local.client.delete(made)
    found = ec2.describe_security_groups(GroupIds=[ground["group"].id])["SecurityGroups"][0]
    assert found["IpPermissions"] == []


def test_a_bucket_carries_its_settings(local: Local, ground: Ground, moto: MotoServer):
    bucket = local.client.create(tokens.BUCKET, {"bucket": "gacp-settings"})
    for token, inputs in SETTINGS.items():
        local.client.create(token, {"bucket": bucket.id, **ground.fill(inputs)})
    s3 = moto.client("s3")
    assert s3.get_bucket_versioning(Bucket=bucket.id)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=bucket.id)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    rules = s3.get_bucket_encryption(Bucket=bucket.id)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket.id)["Rules"][0]["ID"] == "abort"


def test_a_bucket_with_objects_stays_unless_it_may_be_emptied(local: Local, moto: MotoServer):
    made = local.client.create(tokens.BUCKET, {"bucket": "gacp-full-of-things"})
    moto.client("s3").put_object(Bucket=made.id, Key="a", Body=b"x")
    with pytest.raises(grpc.RpcError) as refusal:
        local.client.delete(made)
    assert str(refusal.value.details()).startswith("BucketNotEmpty")
    forced = local.client.update(made, {**made.inputs, "forceDestroy": True})
    local.client.delete(forced)
    assert made.id not in [b["Name"] for b in moto.client("s3").list_buckets()["Buckets"]]


def test_a_secret_has_the_arn_and_the_value_that_the_application_reads(
    local: Local, moto: MotoServer
):
    made = local.client.create(tokens.SECRET, {"name": "gacp/real"})
    vault = moto.client("secretsmanager")
    assert vault.describe_secret(SecretId=made.id)["Name"] == "gacp/real"
    inputs = {"secretId": made.id, "secretStringWo": secret("hush"), "secretStringWoVersion": 1}
    version = local.client.create(tokens.SECRET_VERSION, inputs)
    current = vault.get_secret_value(SecretId=made.id)
    assert current["SecretString"] == "hush"
    assert current["VersionId"] == version.outputs["versionId"]
    local.client.delete(made)
    assert local.client.create(tokens.SECRET, {"name": "gacp/real"}).id


def test_a_managed_password_is_the_local_databases(tmp_path: Path, moto: MotoServer):
    local = Local(tmp_path, moto, username="root", password="local-password")
    try:
        inputs = {"masterUsername": "gacp", "manageMasterUserPassword": True}
        made = local.client.create(tokens.DOC_CLUSTER, {**inputs, "skipFinalSnapshot": True})
        arn = plain(made.outputs["masterUserSecrets"])[0]["secretArn"]
        value = moto.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
        assert json.loads(value) == {"username": "root", "password": "local-password"}
        assert "local-password" not in json.dumps([made.inputs, made.outputs])
    finally:
        local.running.stop()


def everything(local: Local, ground: Ground) -> list[Made]:
    """One of each kind of thing that the application and the scripts touch."""
    made = [
        ground[name]
        for name in (
            "vpc",
            "subnet-a",
            "group",
            "group-2",
            "table",
            "key",
            "secret",
            "role",
            "topic",
        )
    ]
    made += [
        ground["bucket"],
        ground["logs"],
        ground["repository"],
        ground["zone"],
        ground["profile"],
    ]
    more: list[tuple[str, dict[str, Any]]] = [
        (tokens.TABLE_LINK, {"routeTableId": "$table", "subnetId": "$subnet-a"}),
        (tokens.KEY_ALIAS, {"name": "alias/data", "targetKeyId": "$key"}),
        ("aws:iam/rolePolicy:RolePolicy", {"role": "$role", "policy": policy()}),
        (
            tokens.RECORD,
            {"zoneId": "$zone", "name": "www", "type": "A", "ttl": 5, "records": ["203.0.113.1"]},
        ),
        (
            "aws:s3/bucketVersioning:BucketVersioning",
            {"bucket": "$bucket", **SETTINGS["aws:s3/bucketVersioning:BucketVersioning"]},
        ),
    ]
    return made + [local.client.create(token, ground.fill(inputs)) for token, inputs in more]


def test_a_boundary_is_put_on_a_role_changed_and_taken_away(
    local: Local, ground: Ground, moto: MotoServer
):
    trust = ground["role"].outputs["assumeRolePolicy"]
    one, other = ground["policy"], ground["policy-2"]
    inputs = {"name": "bounded", "assumeRolePolicy": trust, "permissionsBoundary": one.id}
    role = local.client.create(tokens.ROLE, inputs)

    def on_the_api() -> str | None:
        found = moto.client("iam").get_role(RoleName="bounded")["Role"]
        return found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")

    assert on_the_api() == one.id
    role = local.client.update(role, {**inputs, "permissionsBoundary": other.id})
    assert on_the_api() == other.id
    local.client.update(role, {"name": "bounded", "assumeRolePolicy": trust})
    assert on_the_api() is None


def test_what_the_api_forgot_is_made_again_by_the_next_command(
    local: Local, ground: Ground, moto: MotoServer
):
    made = everything(local, ground)
    moto.restart()
    local.again()
    s3, ec2, iam = moto.client("s3"), moto.client("ec2"), moto.client("iam")
    assert s3.get_bucket_versioning(Bucket=ground["bucket"].id)["Status"] == "Enabled"
    ranges = {vpc["CidrBlock"] for vpc in ec2.describe_vpcs()["Vpcs"]}
    assert "10.20.0.0/16" in ranges
    assert iam.list_role_policies(RoleName=ground["role"].id)["PolicyNames"]
    for thing in made:
        read = local.client.read(thing.token, thing.id)
        assert read is not None
        assert (read.id, read.outputs) == (thing.id, thing.outputs)
    for thing in reversed(made):
        local.client.delete(thing)


def test_a_read_finds_that_somebody_deleted_it(local: Local, moto: MotoServer):
    made = local.client.create(tokens.BUCKET, {"bucket": "gacp-taken-away"})
    moto.client("s3").delete_bucket(Bucket=made.id)
    assert local.client.read(tokens.BUCKET, made.id) is None
    again = local.client.create(tokens.BUCKET, {"bucket": "gacp-taken-away"}, "another")
    moto.client("s3").head_bucket(Bucket=again.id)
    local.client.delete(again)


def test_a_read_makes_again_what_an_api_that_was_started_anew_forgot(
    local: Local, moto: MotoServer
):
    made = local.client.create(tokens.BUCKET, {"bucket": "gacp-forgotten"})
    moto.restart()
    assert local.client.read(tokens.BUCKET, made.id) is not None
    moto.client("s3").head_bucket(Bucket=made.id)
    local.client.delete(made)


def test_what_somebody_changed_is_read_and_an_update_puts_it_back(local: Local, moto: MotoServer):
    inputs = {"name": "/gacp/changed", "retentionInDays": 90}
    made = local.client.create(tokens.LOG_GROUP, inputs)
    moto.client("logs").put_retention_policy(logGroupName=made.id, retentionInDays=1)
    read = local.client.read(tokens.LOG_GROUP, made.id)
    assert read is not None
    assert (read.inputs["retentionInDays"], read.outputs["retentionInDays"]) == (1, 1)
    local.client.update(read, inputs)
    groups = moto.client("logs").describe_log_groups(logGroupNamePrefix=made.id)["logGroups"]
    assert groups[0]["retentionInDays"] == 90
    local.client.delete(made)


def test_tags_that_everything_has_are_nobodys_change(local: Local, moto: MotoServer):
    made = local.client.create(tokens.VPC, {"cidrBlock": "10.77.0.0/16", "tags": {"Name": "a"}})
    read = local.client.read(tokens.VPC, made.id)
    assert read is not None
    assert read.inputs == made.inputs
    stranger = [{"Key": "owner", "Value": "somebody"}]
    moto.client("ec2").create_tags(Resources=[made.id], Tags=stranger)
    read = local.client.read(tokens.VPC, made.id)
    assert read is not None
    assert read.inputs["tags"] == {"Name": "a", "owner": "somebody"}
    assert read.outputs["tagsAll"] == {"Name": "a", "owner": "somebody", "env": "tests"}
    local.client.update(read, {"cidrBlock": "10.77.0.0/16", "tags": {"Name": "a"}})
    found = moto.client("ec2").describe_vpcs(VpcIds=[made.id])["Vpcs"][0]
    assert {tag["Key"] for tag in found["Tags"]} == {"Name", "env"}
    local.client.delete(made)


def test_a_record_of_another_type_takes_the_place_of_the_first(
    local: Local, ground: Ground, moto: MotoServer
):
    name = {"zoneId": ground["zone"].id, "name": "turned", "ttl": 5}
    made = local.client.create(tokens.RECORD, {**name, "type": "A", "records": ["203.0.113.1"]})
    turned = local.client.update(made, {**name, "type": "CNAME", "records": ["there.example"]})
    zone = ground["zone"].id
    found = moto.client("route53").list_resource_record_sets(HostedZoneId=zone)
    types = {e["Type"] for e in found["ResourceRecordSets"] if e["Name"].startswith("turned.")}
    assert types == {"CNAME"}
    local.client.delete(turned)
    again = {**name, "type": "A", "records": ["203.0.113.2"]}
    first = local.client.create(tokens.RECORD, again)
    local.client.update(first, {**again, "type": "AAAA", "records": ["2001:db8::1"]})
    second = local.client.create(tokens.RECORD, again, name="second")
    assert second.id != first.id
