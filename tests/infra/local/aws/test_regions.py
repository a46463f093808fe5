"""One name in two regions: two things where AWS has it so, one where it has not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.layout import lay_out
from infra.local.aws.regions import is_named_once
from infra.local.aws.store import Store
from infra.local.aws.table import TABLE
from tests.infra.local.aws.client import REGION, Client, Made, Running
from tests.infra.local.aws.test_world import refusal

THERE = "ap-southeast-7"

# Types whose name AWS keeps by account and region, with inputs that need nothing else.
BY_REGION: list[tuple[str, dict[str, Any]]] = [
    (tokens.LOG_GROUP, {"name": "gacp/app"}),
    (
        tokens.DOC_CLUSTER,
        {
            "clusterIdentifier": "gacp",
            "masterUsername": "root1",
            "masterPassword": "long-enough",
            "skipFinalSnapshot": True,
        },
    ),
    (tokens.DOC_PARAMETERS, {"name": "gacp", "family": "docdb5.0"}),
    (tokens.CACHE_PARAMETERS, {"name": "gacp", "family": "redis7"}),
    (tokens.REPOSITORY, {"name": "gacp/app"}),
    ("aws:ssm/parameter:Parameter", {"name": "/gacp/a", "type": "String", "value": "x"}),
    (tokens.SECRET, {"name": "gacp/secret"}),
    (tokens.TOPIC, {"name": "gacp"}),
    (tokens.LAUNCH_TEMPLATE, {"name": "gacp"}),
    (
        tokens.KEY_PAIR,
        {"keyName": "gacp", "publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43},
    ),
]
named = pytest.mark.parametrize(
    ("token", "inputs"), BY_REGION, ids=[token.rsplit(":", 1)[1] for token, _ in BY_REGION]
)


def there(client: Client, token: str, inputs: dict[str, Any]) -> Made:
    return client.create(token, {**inputs, "region": THERE}, name="there")


@named
def test_a_name_is_free_in_another_region(client: Client, token: str, inputs: dict[str, Any]):
    made, other = client.create(token, inputs), there(client, token, inputs)
    assert (made.outputs["region"], other.outputs["region"]) == (REGION, THERE)
    assert made.outputs["arn"] != other.outputs["arn"]
    _, said = refusal(there, client, token, inputs)
    assert "exists already" in said


@named
def test_each_of_two_lives_its_own_life(client: Client, token: str, inputs: dict[str, Any]):
    made, other = client.create(token, inputs), there(client, token, inputs)
    if token not in (tokens.LAUNCH_TEMPLATE,):
        client.update(other, {**inputs, "region": THERE, "tags": {"Where": "there"}})
    client.delete(made)
    assert client.read(token, made.id, REGION) is None
    left = client.read(token, other.id, THERE)
    assert left is not None
    assert left.outputs["region"] == THERE
    if token not in (tokens.LAUNCH_TEMPLATE,):
        assert left.outputs["tags"] == {"Where": "there"}


@pytest.mark.parametrize(
    ("token", "inputs", "code"),
    [
        (tokens.BUCKET, {"bucket": "gacp-documents-of-one"}, "BucketAlready"),
        (
            tokens.ROLE,
            {
                "name": "gacp",
                "assumeRolePolicy": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
                '"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
            },
            "EntityAlreadyExists",
        ),
        (tokens.USER, {"name": "gacp"}, "EntityAlreadyExists"),
    ],
)
def test_a_global_name_is_taken_everywhere(
    tmp_path: Path, token: str, inputs: dict[str, Any], code: str
):
    assert is_named_once(token)
    here, elsewhere = Running(tmp_path / "world.sqlite"), Running(tmp_path / "world.sqlite")
    try:
        here.client.configure()
        elsewhere.client.configure(THERE)
        made = here.client.create(token, inputs)
        status, said = refusal(elsewhere.client.create, token, inputs)
        assert status is grpc.StatusCode.FAILED_PRECONDITION
        assert code in said
        elsewhere.client.delete(made)
        assert here.client.read(token, made.id) is None
    finally:
        here.stop()
        elsewhere.stop()


def network(client: Client, region: str) -> Made:
    """A subnet group `gacp` of two subnets of a VPC of its own."""
    own = {"region": region}
    vpc = client.create(tokens.VPC, {"cidrBlock": "10.20.0.0/16", **own}, name=f"vpc-{region}")
    subnets = [
        client.create(
            tokens.SUBNET,
            {
                "vpcId": vpc.id,
                "cidrBlock": f"10.20.{index}.0/24",
                "availabilityZone": f"{region}{letter}",
                **own,
            },
            name=f"subnet-{region}{letter}",
        ).id
        for index, letter in enumerate("ab")
    ]
    return client.create(
        tokens.DOC_SUBNETS, {"name": "gacp", "subnetIds": subnets, **own}, name=f"group-{region}"
    )


def test_a_name_points_at_the_one_of_its_own_region_and_holds_only_that(client: Client):
    here, elsewhere = network(client, REGION), network(client, THERE)
    _, cluster = BY_REGION[1]
    made = there(client, tokens.DOC_CLUSTER, {**cluster, "dbSubnetGroupName": "gacp"})
    assert made.outputs["dbSubnetGroupName"] == "gacp"
    client.delete(here)
    _, said = refusal(client.delete, elsewhere)
    assert "InvalidDBSubnetGroupStateFault" in said


def test_a_name_of_another_region_only_is_no_reference(client: Client):
    network(client, REGION)
    _, cluster = BY_REGION[1]
    inputs = {**cluster, "dbSubnetGroupName": "gacp"}
    _, said = refusal(there, client, tokens.DOC_CLUSTER, inputs)
    assert "it is in ap-southeast-1 and this is made in ap-southeast-7" in said


def test_a_change_of_region_replaces(client: Client):
    made = client.create(tokens.LOG_GROUP, {"name": "gacp/app"})
    found = client.diff(made, {"name": "gacp/app", "region": THERE})
    assert found.replaces == ["region"]


def test_every_type_with_a_name_is_by_region_or_shared():
    """A type that can be made twice under one name is one of the two kinds, by its service."""
    once = {spec.service for spec in TABLE.values() if spec.unique and is_named_once(spec.token)}
    assert once == {"budgets", "cloudfront", "iam", "route53", "s3"}


def test_a_record_of_before_is_widened_and_keeps_what_it_has(tmp_path: Path):
    path = tmp_path / "world.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            """
            CREATE TABLE resource (sequence INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL,
              id TEXT NOT NULL, region TEXT NOT NULL, inputs TEXT NOT NULL, outputs TEXT NOT NULL,
              UNIQUE (token, id));
            CREATE TABLE unfinished (token TEXT NOT NULL, id TEXT NOT NULL, urn TEXT NOT NULL,
              PRIMARY KEY (token, id));
            INSERT INTO resource VALUES (7, 't', 'a', 'us-east-1', '{}', '{"x": 1}');
            INSERT INTO unfinished VALUES ('t', 'a', 'urn:a');
            """
        )
    for _ in range(2):
        with closing(Store(path)) as store:
            assert [record.key for record in store.all()] == [("t", "a", "us-east-1")]
            assert store.all()[0].outputs == {"x": 1}
            assert store.unfinished() == {("t", "a", "us-east-1"): "urn:a"}
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        lay_out(db)
        query = "SELECT name FROM sqlite_master WHERE name LIKE 'old%'"
        assert db.execute(query).fetchall() == []
        assert db.execute("SELECT sequence FROM resource").fetchall() == [(7,)]
