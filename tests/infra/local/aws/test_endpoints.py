"""How local services stand in for AWS's endpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.endpoints import EndpointsError, read_endpoints
from tests.infra.local.aws.client import Running

SERVICES: dict[str, Any] = {
    "database": {
        "host": "127.0.0.1",
        "port": 27117,
        "tls": False,
        "username": None,
        "password": None,
    },
    "redis-queue": {"host": "127.0.0.2", "port": 7001},
    "redis-cache": {"host": "127.0.0.3", "port": 7002},
}
CLUSTER = {
    "masterUsername": "gacp",
    "manageMasterUserPassword": True,
    "skipFinalSnapshot": True,
    "port": 27017,
}
CACHE = {"description": "a", "engine": "valkey", "nodeType": "cache.t4g.small", "port": 6379}


def written(folder: Path, services: dict[str, Any]) -> str:
    path = folder / "endpoints.json"
    path.write_text(json.dumps({"version": 1, "services": services}), encoding="utf-8")
    return str(path)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "world.sqlite", endpoints=written(tmp_path, SERVICES))
    running.client.configure()
    yield running
    running.stop()


def test_the_database_is_the_local_one(local: Running):
    outputs = local.client.create(tokens.DOC_CLUSTER, CLUSTER).outputs
    assert (outputs["endpoint"], outputs["port"]) == ("127.0.0.1", 27117)


def test_a_database_without_credentials_has_no_secret(local: Running):
    assert local.client.create(tokens.DOC_CLUSTER, CLUSTER).outputs["masterUserSecrets"] == []


@pytest.mark.parametrize(
    ("name", "host", "port"), [("x-queue", "127.0.0.2", 7001), ("x-cache", "127.0.0.3", 7002)]
)
def test_each_redis_is_the_local_one_of_its_role(local: Running, name: str, host: str, port: int):
    outputs = local.client.create(tokens.CACHE_GROUP, {**CACHE, "replicationGroupId": name}).outputs
    assert (outputs["primaryEndpointAddress"], outputs["port"]) == (host, port)


def test_the_local_port_is_no_change(local: Running):
    made = local.client.create(tokens.DOC_CLUSTER, CLUSTER)
    assert not local.client.diff(made, CLUSTER).detailedDiff


def test_without_local_services_names_look_like_aws(running: Running):
    running.client.configure()
    outputs = running.client.create(tokens.DOC_CLUSTER, CLUSTER).outputs
    assert outputs["endpoint"].endswith(".ap-southeast-1.docdb.amazonaws.com")
    assert outputs["port"] == 27017
    assert outputs["masterUserSecrets"][0]["secretArn"].startswith("arn:aws:secretsmanager:")


def test_a_broken_file_of_endpoints_is_named(tmp_path: Path):
    path = tmp_path / "endpoints.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(EndpointsError, match=r"endpoints\.json"):
        read_endpoints(str(path))


def test_another_version_of_the_file_is_refused(tmp_path: Path):
    path = tmp_path / "endpoints.json"
    path.write_text('{"version": 2, "services": {}}', encoding="utf-8")
    with pytest.raises(EndpointsError, match="reads version 1"):
        read_endpoints(str(path))


def test_an_aws_api_that_does_not_answer_says_what_starts_it(tmp_path: Path):
    nowhere = {"aws": {"host": "127.0.0.1", "port": 9}}
    running = Running(tmp_path / "world.sqlite", endpoints=written(tmp_path, nowhere))
    try:
        running.client.configure()
        with pytest.raises(grpc.RpcError) as refusal:
            running.client.create(tokens.BUCKET, {})
        assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE
        assert "make up" in str(refusal.value.details())
    finally:
        running.stop()
