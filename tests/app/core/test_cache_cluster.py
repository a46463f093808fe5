"""The cache's client against real servers in cluster mode: two of them, half of the slots each."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis, RedisCluster

from app.core.connections import open_connections, ping_redis
from app.core.secrets import Secrets
from app.settings import load_settings
from infra.local.services import redis as launcher
from infra.local.services.ports import LOOPBACK, free_port
from tests.app.environment import COMPLETE
from tests.support.processes import Processes

pytestmark = pytest.mark.services

HALVES = ("0-8191", "8192-16383")
JOIN_SECONDS = 20.0
KEYS = [f"application:{number}" for number in range(40)]  # in slots of both halves


@pytest.fixture(scope="module")
def ports(tmp_path_factory):
    """Ports of the two servers, which know of each other."""
    folder: Path = tmp_path_factory.mktemp("cluster")
    used: set[int] = set()
    for _ in range(4):
        used.add(free_port(used))
    first, second, *buses = sorted(used)
    processes = Processes(folder / "log")
    try:
        for port, bus in zip((first, second), buses, strict=True):
            plain = launcher.program(launcher.Redis.CACHE, port, folder / str(port))
            words = ("--cluster-enabled", "yes", "--cluster-port", str(bus))
            processes.start(replace(plain, name=f"shard-{port}", argv=(*plain.argv, *words)))
        asyncio.run(join((first, second), buses))
        yield first, second
    finally:
        processes.stop()


async def join(ports: tuple[int, int], buses: list[int]) -> None:
    servers = [Redis(host=LOOPBACK, port=port) for port in ports]
    try:
        for server, half in zip(servers, HALVES, strict=True):
            await server.execute_command("CLUSTER ADDSLOTSRANGE", *half.split("-"))
        await servers[0].execute_command("CLUSTER MEET", LOOPBACK, ports[1], buses[1])
        deadline = time.monotonic() + JOIN_SECONDS
        for server in servers:
            while (await server.execute_command("CLUSTER INFO"))["cluster_state"] != "ok":
                assert time.monotonic() < deadline, "the two servers don't find each other"
                await asyncio.sleep(0.05)
    finally:
        for server in servers:
            await server.aclose()


@pytest.fixture(params=["cluster", "single"])
async def cache(request, ports, services):
    """The application's own client, by its settings: of the cluster, and of a plain server."""
    where = services.redis_cache
    port = ports[0] if request.param == "cluster" else where.port
    changed = {
        "REDIS_CACHE_PORT": str(port),
        "REDIS_CACHE_CLUSTER": "true" if request.param == "cluster" else "false",
    }
    connections = open_connections(load_settings(COMPLETE | changed), Secrets("", ""))
    assert isinstance(connections.redis_cache, RedisCluster) == (request.param == "cluster")
    yield connections.redis_cache
    await connections.close()


async def test_it_answers(cache):
    await ping_redis(cache)


async def test_keys_of_every_slot_are_kept_for_their_time_and_taken_back(cache):
    for key in KEYS:
        await cache.set(key, key, ex=60)
    assert [await cache.get(key) for key in KEYS] == [key.encode() for key in KEYS]
    assert 0 < await cache.ttl(KEYS[0]) <= 60
    for key in KEYS:
        assert await cache.unlink(key) == 1


async def test_one_pipeline_reads_and_writes_keys_of_many_slots(cache):
    async with cache.pipeline(transaction=False) as pipe:
        for key in KEYS:
            pipe.set(key, "of the pipeline", ex=60)
        await pipe.execute()
    async with cache.pipeline(transaction=False) as pipe:
        for key in KEYS:
            pipe.get(key)
        assert await pipe.execute() == [b"of the pipeline"] * len(KEYS)


async def test_a_tag_names_keys_of_other_slots_and_lets_them_go(cache):
    tag = f"tag:{secrets.token_hex(4)}"
    for key in KEYS:
        await cache.set(key, "tagged", ex=60)
    await cache.sadd(tag, *KEYS)
    # Not in a pipeline: that of redis-py's cluster client doesn't queue it, and forgets it unsaid.
    assert await cache.unlink(tag, *await cache.smembers(tag)) == 1 + len(KEYS)
    assert [await cache.get(key) for key in KEYS] == [None] * len(KEYS)


async def test_keys_are_found_on_every_server(cache):
    mark = secrets.token_hex(4)
    for number in range(40):
        await cache.set(f"{mark}:{number}", "", ex=60)
    assert len([key async for key in cache.scan_iter(match=f"{mark}:*")]) == 40


async def test_an_invalidation_reaches_who_listens(cache):
    channel = f"invalidations:{secrets.token_hex(4)}"
    await ping_redis(cache)  # a cluster's client knows no node before its first command
    async with asyncio.timeout(10), cache.pubsub() as listener:
        await listener.subscribe(channel)
        await listener.get_message(timeout=5)  # that it listens now
        await cache.publish(channel, "application:7")
        while not (message := await listener.get_message(True, timeout=1)):
            pass
    assert message["data"] == b"application:7"


async def test_a_server_that_was_asked_in_vain_tells_where_the_key_is(ports):
    """The half that a plain client can't see: what the cluster's client is for."""
    plain = [Redis(host=LOOPBACK, port=port) for port in ports]
    answers = [await refusal(server) for server in plain]
    for server in plain:
        await server.aclose()
    assert sorted(bool(each) for each in answers) == [False, True]
    assert any("MOVED" in each for each in answers)


async def refusal(server: Redis) -> str:
    try:
        await server.set("application:7", "", ex=1)
    except Exception as error:  # noqa: BLE001 - its text is what is asked for
        return f"MOVED {error}" if "moved" in type(error).__name__.lower() else str(error)
    return ""
