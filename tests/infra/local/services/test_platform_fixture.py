"""The session fixture gives running services."""

from __future__ import annotations

import pytest

from infra.local.services.launch import Probe, ProbeKind
from infra.local.services.wait_for import ask, wait_until_ready
from tests.support.platform import Services

pytestmark = pytest.mark.services


def test_every_service_answers_its_protocol(services: Services):
    aws = services.aws
    assert ask(Probe(ProbeKind.MONGO, services.database.host, services.database.port)) is None
    assert ask(Probe(ProbeKind.REDIS, services.redis_queue.host, services.redis_queue.port)) is None
    assert ask(Probe(ProbeKind.REDIS, services.redis_cache.host, services.redis_cache.port)) is None
    assert ask(Probe(ProbeKind.HTTP, aws.host, aws.port, "/moto-api/data.json")) is None
    assert services.mail.view_url.startswith("http://127.0.0.1:")


def test_a_killed_service_can_be_started_again_on_its_port(services: Services):
    probe = Probe(ProbeKind.REDIS, services.redis_cache.host, services.redis_cache.port)
    services.processes.kill("redis-cache")
    assert ask(probe) is not None
    services.processes.restart("redis-cache")
    wait_until_ready({"redis-cache": probe}, 10)
