import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisGone

pytestmark = pytest.mark.services


@pytest.mark.parametrize("path", ["/livez", "/health", "/api/health"])
async def test_a_process_that_serves_says_so(http, path):
    answer = await http.get(path)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


async def test_ready_means_that_every_dependency_answers(http):
    answer = await http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": True, "redis-queue": True, "redis-cache": True, "storage": True},
    }


async def test_a_draining_process_lives_and_is_not_ready(http, litestar_app):
    litestar_app.state["platform"].draining.set()
    answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "draining"
    assert (await http.get("/livez")).status_code == 200


async def test_a_dependency_that_is_gone_is_named(http, monkeypatch):
    async def gone(_redis):
        raise RedisGone("connection refused")

    monkeypatch.setattr("app.health.ping_redis", gone)
    answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": True,
        "redis-queue": False,
        "redis-cache": False,
        "storage": True,
    }


async def test_a_dependency_that_does_not_answer_is_given_up(http, monkeypatch):
    async def silent(_database):
        await asyncio.Event().wait()

    monkeypatch.setattr("app.health.ping_database", silent)
    monkeypatch.setattr("app.health.PROBE_SECONDS", 0.05)
    answer = await http.get("/readyz")
    assert answer.json()["checks"]["database"] is False


async def test_dependencies_are_asked_once_a_second_however_many_ask(http, monkeypatch):
    asked = []

    async def count(_database):
        asked.append(1)

    monkeypatch.setattr("app.health.ping_database", count)
    monkeypatch.setattr("app.health.FRESH_SECONDS", 60)
    await asyncio.gather(*(http.get("/readyz") for _ in range(20)))
    assert len(asked) == 1


async def test_metrics_are_prometheus_text(http):
    await http.get("/livez")
    answer = await http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "gacp_http_requests_total{" in answer.text
