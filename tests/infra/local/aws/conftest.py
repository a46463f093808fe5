"""A provider over real gRPC for each test, with a record of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.aws import clock
from tests.infra.local.aws.client import Client, Running
from tests.infra.local.aws.ground import Ground


@pytest.fixture(autouse=True)
def a_day_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What AWS offers depends on the day (versions of EKS); tests ask on one that does not pass."""
    monkeypatch.setenv(clock.VARIABLE, "2026-11-25")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A provider that has not been configured yet."""
    started = Running(tmp_path / "world.sqlite")
    yield started
    started.stop()


@pytest.fixture
def client(running: Running) -> Client:
    """A configured provider in ap-southeast-1 that only records."""
    running.client.configure()
    return running.client


@pytest.fixture
def ground(client: Client) -> Ground:
    """What other resources stand on, made when a case asks for it."""
    return Ground(client)
