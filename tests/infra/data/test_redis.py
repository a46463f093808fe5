import pytest

from infra.config.keys import deep_merged
from infra.data.redis import ACCESS, RedisRole
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, read_exceptions
from infra.policy.judging import judge
from tests.infra.policy.editing import drop, put
from tests.support import graph_rules
from tests.support.policy_graphs import graph_of_recording, profile
from tests.support.recording import run_program
from tests.support.stacks import start

CACHE = "elasticache/replicationGroup:ReplicationGroup"
SHARDED = {"gacp:redis": {"cache": {"shards": 2}}}


@pytest.fixture(scope="module")
def sharded(configuration_of):
    return run_program("prod", deep_merged(configuration_of("prod"), SHARDED))


def test_a_full_queue_refuses_and_a_full_cache_forgets():
    assert RedisRole.QUEUE.eviction == "noeviction"
    assert RedisRole.CACHE.eviction == "allkeys-lru"


def test_clients_may_not_change_the_server():
    words = ACCESS.split()
    assert words[0] == "on"
    assert words.index("+@all") < words.index("-@admin") < words.index("-@dangerous")
    assert not {"+config", "+flushall", "+keys", "+shutdown", "nopass"} & set(words)


def test_a_sharded_cache_is_in_cluster_mode_and_the_queue_never_is(sharded):
    cache, queue = (sharded.one(CACHE, f"redis-{role}").inputs for role in ("cache", "queue"))
    assert (cache["numNodeGroups"], cache["replicasPerNodeGroup"]) == (2, 1)
    assert cache["clusterMode"] == "enabled"
    assert cache["automaticFailoverEnabled"] is cache["multiAzEnabled"] is True
    assert "numCacheClusters" not in cache
    assert not {"numNodeGroups", "clusterMode"} & set(queue)
    assert graph_rules.problems(sharded, protected=True) == []


def test_its_parameters_say_cluster_mode_under_a_name_of_their_own(sharded):
    group = sharded.one("elasticache/parameterGroup:ParameterGroup", "redis-cache").inputs
    assert group["name"] == "gacp-prod-redis-cache-valkey8-cluster"
    assert {each["name"]: each["value"] for each in group["parameters"]} == {
        "maxmemory-policy": "allkeys-lru",
        "cluster-enabled": "yes",
    }


def test_the_application_is_told_where_all_shards_are_known(sharded, prod_graph):
    assert sharded.outputs["redisCacheCluster"] is True
    assert sharded.outputs["redisCacheHost"].startswith("clustercfg.gacp-prod-redis-cache")
    assert prod_graph.outputs["redisCacheCluster"] is False
    assert prod_graph.outputs["redisCacheHost"].startswith("master.gacp-prod-redis-cache")


def test_each_node_of_each_shard_is_watched_and_a_missing_one_is_noticed(sharded):
    found = {
        each.inputs["dimensions"]["CacheClusterId"]
        for each in sharded.of_type("MetricAlarm")
        if each.name.startswith("redis-cache")
    }
    assert found == {
        f"gacp-prod-redis-cache-000{shard}-00{node}" for shard in (1, 2) for node in (1, 2)
    }
    graph = graph_of_recording(sharded)
    exceptions = read_exceptions(FILE, [control.id for control in CONTROLS])
    assert judge(graph, profile(), exceptions).is_clean
    for red in (
        drop("MetricAlarm::redis-cache-2-2-cpu"),
        put("ReplicationGroup::redis-cache", "numNodeGroups", 3),
    ):
        assert "B12" in {each.control for each in judge(red(graph), profile()).violations}


@pytest.mark.engine
@pytest.mark.timeout(600)
def test_a_cache_is_sharded_from_the_start_and_not_while_it_is_protected(
    tmp_path, configuration_of
):
    config = configuration_of("dev")
    engine = start(tmp_path, "dev", config)
    engine.run("up", "--yes", "--skip-preview")
    redis = {"gacp:redis": {"cache": {"shards": 2, "replicas": 1}}}
    engine.configure({**config, **redis})
    assert "marked for protection" in engine.run("preview", code=1)
    free = {"gacp:safety": {"protect": False, "retain": False, "retiring": True}}
    engine.configure({**config, **free})
    engine.run("up", "--yes", "--skip-preview")
    engine.configure({**config, **free, **redis})
    engine.run("up", "--yes", "--skip-preview")
    engine.run("preview", "--expect-no-changes")
    engine.run("destroy", "--yes")
    assert engine.records("list") == []
