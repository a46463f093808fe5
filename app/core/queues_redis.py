"""Redis clients as BullMQ needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.core.queues import RedisFactory

# A worker blocks for at most 10 s (BullMQ's ceiling), so silence beyond this is a dead connection.
# Under 10 s the time limit of redis-py collides with the wait, and the limiter stalls.
SOCKET_SECONDS = 15


def redis_factory(options: Mapping[str, Any]) -> RedisFactory:
    """Clients as BullMQ needs them, from connection arguments (`connections.redis_options`).

    One quick retry over a new connection and no more: who submits backs off by itself, while
    BullMQ's own default holds a caller for minutes.
    """

    def connect() -> Redis:
        merged: dict[str, Any] = {
            **options,
            "decode_responses": True,
            "socket_timeout": SOCKET_SECONDS,
            "socket_keepalive": True,
            "retry": Retry(NoBackoff(), 1),
        }
        return Redis(**merged)

    return connect
