"""Whether this process lives, and whether it should get requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass

import structlog
from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import generate_latest
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.core.connections import ping_database, ping_redis
from app.core.identity import allows_anyone
from app.core.storage import ObjectMissingError, StorageUnavailableError
from app.core.telemetry import REGISTRY
from app.lifespan import Platform

PROBE_SECONDS = 2.0
# Many may ask (balancer, supervisor, people): the dependencies are asked once a second at most.
FRESH_SECONDS = 1.0
FAILURES = (
    PyMongoError,
    RedisError,
    StorageUnavailableError,
    ObjectMissingError,
    OSError,
    TimeoutError,
)
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_log = structlog.stdlib.get_logger("app.health")


@dataclass(slots=True)
class _Last:
    at: float = float("-inf")
    ready: dict[str, bool] | None = None


class Readiness:
    """Asks database, both Redis servers and object storage, each within two seconds."""

    def __init__(self) -> None:
        self._last = _Last()
        self._lock = asyncio.Lock()

    async def ask(self, platform: Platform) -> dict[str, bool]:
        """Which dependencies answer, at most a second old."""
        async with self._lock:
            clock = time.monotonic()
            if self._last.ready is None or clock - self._last.at > FRESH_SECONDS:
                self._last = _Last(clock, await self._probe(platform))
            return self._last.ready or {}

    async def _probe(self, platform: Platform) -> dict[str, bool]:
        connections = platform.connections
        names = ("database", "redis-queue", "redis-cache", "storage")
        answers = await asyncio.gather(
            _answers("database", ping_database(connections.database)),
            _answers("redis-queue", ping_redis(connections.redis_queue)),
            _answers("redis-cache", ping_redis(connections.redis_cache)),
            _answers("storage", platform.storage.ping()),
        )
        return dict(zip(names, answers, strict=True))


async def _answers(name: str, probe: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe
    except FAILURES as error:
        _log.warning("not ready", dependency=name, kind=type(error).__name__)
        return False
    return True


@get("/livez", opt=allows_anyone(), include_in_schema=False)
async def livez() -> dict[str, str]:
    """This process answers. It says nothing about what it depends on."""
    return {"status": "ok"}


@get("/readyz", opt=allows_anyone(), include_in_schema=False)
async def readyz(
    platform: NamedDependency[Platform], readiness: NamedDependency[Readiness]
) -> Response[dict[str, object]]:
    """Whether requests should come here: 503 while draining or without a dependency."""
    checks = await readiness.ask(platform)
    draining = platform.draining.is_set()
    ready = all(checks.values()) and not draining
    status = "draining" if draining else "ok" if ready else "unavailable"
    return Response(
        {"status": status, "checks": checks},
        status_code=200 if ready else 503,
        headers={"Cache-Control": "no-store"},
    )


@get(["/health", "/api/health"], opt=allows_anyone())
async def health() -> dict[str, str]:
    """Shallow health for balancers and people."""
    return {"status": "ok"}


@get("/metrics", opt=allows_anyone(), include_in_schema=False, sync_to_thread=False)
def metrics() -> Response[bytes]:
    """Prometheus text. The edge never forwards this path."""
    return Response(generate_latest(REGISTRY), media_type=METRICS_TYPE)


HANDLERS = [livez, readyz, health, metrics]
