"""The worker process: relays the outboxes, runs the jobs, and says how it is on a port.

On SIGTERM it takes no more jobs and lets the running ones end, 50 s at most; what is left then is
given back by its lock, which lapses in 5 s (requirements.md, G8: 60 s in all).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from litestar.di import Provide

from app import health
from app.core.access import requires_access
from app.core.audit_anchor import Anchor
from app.core.connections import redis_options
from app.core.outbox_relay import Relay
from app.core.queues import Delivery, QueueName, Queues, prefix_for
from app.core.queues_redis import redis_factory
from app.core.queues_worker import Consumer, Pool
from app.core.storage import Storage
from app.core.telemetry import configure_logging, register_process_metrics
from app.dependencies import DEPENDENCIES
from app.jobs.handlers import handlers_of
from app.jobs.holding import hold_from
from app.lifespan import STATE_KEY, Platform, open_platform
from app.settings import Settings

# Pictures and pages are work for a core; checks and letters mostly wait.
POOLS = (
    Pool(QueueName.AI_QC, concurrency=4, per_second=10),
    Pool(QueueName.DOCUMENTS, concurrency=2),
    Pool(QueueName.EMAIL, concurrency=4),
)
JOBS_END_SECONDS = 50
RELAY_END_SECONDS = 3
SERVER_END_SECONDS = 2

_log = structlog.stdlib.get_logger("app.worker")


@dataclass(frozen=True, slots=True)
class _Work:
    """What runs in the background of a worker."""

    consumers: tuple[Consumer, ...]
    relay: Relay
    tasks: tuple[asyncio.Task[None], ...]
    stop: asyncio.Event


def run(settings: Settings, host: str, port: int) -> int:
    """Work until SIGTERM or SIGINT; the exit code. 1 if a part ended by itself.

    `host` and `port` serve /livez, /readyz and /metrics.
    """
    configure_logging(settings.log_level, settings.log_format, "worker")
    register_process_metrics()
    return uvloop.run(_run(settings, host, port))


async def _run(settings: Settings, host: str, port: int) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    platform = await open_platform(settings)
    try:
        async with working(platform) as work, _serving(platform, host, port) as serving:
            _log.info("started", queues=[pool.queue.value for pool in POOLS])
            ended = [asyncio.create_task(one.ended()) for one in work.consumers]
            signalled = asyncio.create_task(stopping.wait())
            parts = {*ended, *work.tasks, serving, signalled}
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            platform.draining.set()
            code = 0 if stopping.is_set() else 1
            if code:
                _log.error("a part ended by itself; the supervisor starts the process again")
            signalled.cancel()
    finally:
        await platform.close()
    _log.info("stopped")
    return code


@asynccontextmanager
async def working(platform: Platform) -> AsyncGenerator[_Work]:
    """Relay and consumers, from the start to a graceful end."""
    settings = platform.settings
    connect = redis_factory(redis_options(settings.redis_queue, settings.region))
    prefix = prefix_for(settings.database.name)
    queues = Queues(connect, prefix)
    handlers = handlers_of(platform, hold_from())
    relay = Relay(platform.connections.database, queues, handlers.failed)

    async def handle_and_wake(delivery: Delivery) -> None:
        await handlers.run(delivery)
        relay.wake()  # a job may have written to an outbox: its e-mail need not wait for the poll

    def recheck() -> None:
        relay.wake(recheck=True)

    consumers = tuple(
        Consumer(connect, pool, handle_and_wake, on_failed=recheck, prefix=prefix) for pool in POOLS
    )
    stop = asyncio.Event()
    anchor = Anchor(Storage(settings.bucket_backups, settings.region))
    for consumer in consumers:
        consumer.start()
    tasks = (
        asyncio.create_task(relay.run(stop), name="relay"),
        asyncio.create_task(relay.listen(platform.connections.redis_queue, stop), name="hints"),
        asyncio.create_task(anchor.keep(platform.audit, stop), name="anchor"),
    )
    try:
        yield _Work(consumers, relay, tasks, stop)
    finally:
        stop.set()
        relay.wake()
        await asyncio.gather(*(one.close(JOBS_END_SECONDS) for one in consumers))
        await asyncio.wait(tasks, timeout=RELAY_END_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await queues.close()
        anchor.close()


@asynccontextmanager
async def _serving(platform: Platform, host: str, port: int) -> AsyncGenerator[asyncio.Task[None]]:
    """The health endpoints of this process, while the body runs."""
    readiness = health.Readiness()
    litestar = Litestar(
        route_handlers=health.HANDLERS,
        guards=[requires_access],
        dependencies={
            **DEPENDENCIES,
            "readiness": Provide(lambda: readiness, sync_to_thread=False),
        },
        openapi_config=None,
        logging_config=None,
    )
    litestar.state[STATE_KEY] = platform
    server = Server(
        litestar,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve(), name="health")
    try:
        yield serving
    finally:
        server.stop()
        await asyncio.wait({serving}, timeout=SERVER_END_SECONDS)
