import pytest
import redis as client

from infra.local.services.errors import MissingToolError
from infra.local.services.ports import LOOPBACK, free_port
from infra.local.services.redis import Redis, find_server, program
from tests.support.processes import Processes


@pytest.fixture
def start(tmp_path):
    processes = Processes(tmp_path / "log")

    def starter(kind):
        port = free_port()
        processes.start(program(kind, port, tmp_path / kind))
        return processes, client.Redis(host=LOOPBACK, port=port, socket_timeout=5)

    yield starter
    processes.stop()


def test_a_server_on_path_comes_before_the_packaged_one():
    assert find_server(lambda name: f"/opt/{name}" if name == "valkey-server" else None) == (
        "/opt/valkey-server"
    )


def test_the_packaged_server_is_found_where_path_has_none():
    assert find_server(lambda _: None).endswith("valkey-server")


def test_no_server_at_all_says_what_brings_one(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingToolError, match="make setup"):
        find_server(lambda _: None)


@pytest.mark.services
def test_what_the_queue_answered_survives_kill_9(start):
    processes, queue = start(Redis.QUEUE)
    for number in range(200):
        queue.rpush("jobs", number)
    processes.kill("redis-queue")
    processes.restart("redis-queue")
    assert queue.llen("jobs") == 200
    queue.close()


@pytest.mark.services
@pytest.mark.parametrize(
    ("kind", "policy", "persists"),
    [(Redis.QUEUE, "noeviction", "yes"), (Redis.CACHE, "allkeys-lru", "no")],
)
def test_only_the_cache_may_drop_keys(start, kind, policy, persists):
    _, server = start(kind)
    assert server.config_get("maxmemory-policy") == {"maxmemory-policy": policy}
    assert server.config_get("appendonly") == {"appendonly": persists}
    server.close()
