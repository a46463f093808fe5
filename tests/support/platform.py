"""The embedded services for tests: started once a test run, on free ports, in a folder of its own.

`services` (fixture in tests/conftest.py) is a `Services`. A test that kills a service uses
`services.processes.kill("redis-queue")` and `.restart("redis-queue")`, and leaves it running.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from infra.local.services import mail, redis
from infra.local.services.aws_api import launcher as aws_api
from infra.local.services.database import launcher as database
from infra.local.services.launch import Program
from infra.local.services.layout import Layout
from infra.local.services.ports import LOOPBACK, free_port
from tests.support.processes import Processes

LAYOUT = Layout.from_environment({})  # tools and interpreter are the checkout's own


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class MailAddress:
    """The mail sink: SMTP on host and port, JSON view under `view_url` (no slash at the end)."""

    host: str
    port: int
    view_url: str


@dataclass(frozen=True, slots=True)
class Services:
    """Running services, and the processes behind them."""

    database: Address
    redis_queue: Address
    redis_cache: Address
    aws: Address
    mail: MailAddress
    folder: Path
    processes: Processes

    @property
    def aws_url(self) -> str:
        return f"http://{self.aws.host}:{self.aws.port}"


def start_services(folder: Path) -> Services:
    """Start all of them below `folder`, until they answer. The caller stops `.processes`."""
    used: set[int] = set()

    def port() -> int:
        chosen = free_port(used)
        used.add(chosen)
        return chosen

    addresses = {
        name: Address(LOOPBACK, port())
        for name in ("database", "redis-queue", "redis-cache", "aws-api", "mail", "mail-view")
    }
    processes = Processes(folder / "log")
    services = Services(
        database=addresses["database"],
        redis_queue=addresses["redis-queue"],
        redis_cache=addresses["redis-cache"],
        aws=addresses["aws-api"],
        mail=MailAddress(
            LOOPBACK, addresses["mail"].port, f"http://{LOOPBACK}:{addresses['mail-view'].port}"
        ),
        folder=folder,
        processes=processes,
    )
    try:
        processes.start(*programs(addresses, folder / "data"))
    except BaseException:
        processes.stop()
        raise
    return services


def programs(addresses: dict[str, Address], data: Path) -> tuple[Program, ...]:
    """The five programs; the database keeps its data in memory."""
    queue, cache = redis.Redis.QUEUE, redis.Redis.CACHE
    return (
        database_program(addresses["database"].port, None),
        redis.program(queue, addresses[queue].port, data / queue),
        redis.program(cache, addresses[cache].port, data / cache),
        aws_api.program(addresses["aws-api"].port, data / "aws-api"),
        mail.program(
            LAYOUT.python,
            LAYOUT.repository,
            addresses["mail"].port,
            addresses["mail-view"].port,
            data / "mail",
        ),
    )


def database_program(port: int, data: Path | None) -> Program:
    """The memory-backed database: quick, and gone with the test run."""
    return database.program(database.prepare(LAYOUT.tools, lambda _: None), port, data)
