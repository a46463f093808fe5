"""Replication groups in cluster mode: what AWS wants of them, and what they answer."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.client import Client, RefusedError

SHARDED = {
    "replicationGroupId": "gacp-cache",
    "description": "cache",
    "engine": "valkey",
    "engineVersion": "8.0",
    "nodeType": "cache.t4g.micro",
    "clusterMode": "enabled",
    "numNodeGroups": 2,
    "replicasPerNodeGroup": 1,
    "automaticFailoverEnabled": True,
}


def parameters(client: Client, *entries: dict[str, str]) -> str:
    given = {"name": "gacp", "family": "valkey8", "parameters": list(entries)}
    return client.create(tokens.CACHE_PARAMETERS, given).id


def make(client: Client, **changed: Any) -> dict[str, Any]:
    return client.create(tokens.CACHE_GROUP, {**SHARDED, **changed}).outputs


def test_its_nodes_are_named_by_shard_and_found_by_one_address(client: Client):
    group = parameters(client, {"name": "cluster-enabled", "value": "yes"})
    made = make(client, parameterGroupName=group)
    assert made["memberClusters"] == [
        f"gacp-cache-000{shard}-00{node}" for shard in (1, 2) for node in (1, 2)
    ]
    assert made["configurationEndpointAddress"].startswith("clustercfg.gacp-cache.")
    assert not made.get("primaryEndpointAddress")


def test_one_shard_is_cluster_mode_too(client: Client):
    group = parameters(client, {"name": "cluster-enabled", "value": "yes"})
    made = make(client, parameterGroupName=group, numNodeGroups=1)
    assert made["memberClusters"] == ["gacp-cache-0001-001", "gacp-cache-0001-002"]


@pytest.mark.parametrize("changed", [{}, {"clusterMode": None}, {"numNodeGroups": 1}])
def test_it_fails_over_by_itself_or_is_refused(client: Client, changed: dict[str, Any]):
    with pytest.raises(RefusedError, match="cluster mode needs automatic failover"):
        make(client, automaticFailoverEnabled=False, **changed)


def test_its_parameters_have_to_be_of_cluster_mode(client: Client):
    group = parameters(client, {"name": "maxmemory-policy", "value": "allkeys-lru"})
    with pytest.raises(grpc.RpcError, match="has cluster mode off"):
        make(client, parameterGroupName=group)


def test_parameters_of_cluster_mode_are_for_no_other_group(client: Client):
    group = parameters(client, {"name": "cluster-enabled", "value": "yes"})
    single = {"clusterMode": None, "numNodeGroups": None, "replicasPerNodeGroup": None}
    with pytest.raises(grpc.RpcError, match="has cluster mode on"):
        make(client, parameterGroupName=group, numCacheClusters=2, **single)
