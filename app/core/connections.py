"""Connections to MongoDB and the two Redis servers, with explicit pools and deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import boto3
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.credentials import CredentialProvider

from app.core.secrets import Secrets
from app.settings import DOCUMENTDB, SEEDED, DatabaseSettings, RedisSettings, Settings

type Document = dict[str, Any]
type Database = AsyncDatabase[Document]

# Seconds; statement < socket < application (reference.md, "nested time limits").
CONNECT_SECONDS = 30
SOCKET_SECONDS = 45
IDLE_SECONDS = 30
STATEMENT_SECONDS = 30
SELECT_SECONDS = 5  # how long a request waits for a reachable server or a free connection
REDIS_SECONDS = 5
POOL_MOST, POOL_LEAST = 50, 10
REDIS_MOST = 50  # connections to a server; who finds none free waits
NODE_MOST = 200  # to a node of a cluster, where nobody waits: it is refused at once

# Amazon's bundle of certificate authorities, where the image has it.
CA_BUNDLE = Path("/etc/ssl/certs/aws-global-bundle.pem")
_TOKEN_SECONDS = 900  # the longest an ElastiCache token lives


class CacheClient(Protocol):
    """Redis of the cache: one server's client, or a cluster's.

    What works on both (tests/app/core/test_cache_cluster.py): commands of one key, gathered by
    `pipeline(transaction=False)`; `unlink` of many keys, outside a pipeline; `scan_iter`;
    `publish`, and `pubsub` after a first command. Commands of many keys (MGET, Lua) want one slot
    in a cluster. A union of the two clients would be no type that Litestar can take apart.
    """

    def ping(self) -> Any: ...

    def aclose(self) -> Awaitable[None]: ...


@dataclass(slots=True)
class Connections:
    """Open clients. `close` ends them; each probe has a deadline of its own."""

    mongo: AsyncMongoClient[Document]
    database: Database
    redis_queue: Redis
    redis_cache: CacheClient

    async def close(self) -> None:
        """Close all clients, also when one of them fails to."""
        await asyncio.gather(
            self.mongo.close(),
            self.redis_queue.aclose(),
            self.redis_cache.aclose(),
            return_exceptions=True,
        )


def open_connections(settings: Settings, secrets: Secrets) -> Connections:
    """Clients for `settings`. Nothing is contacted yet: the pools fill on first use."""
    mongo: AsyncMongoClient[Document] = AsyncMongoClient(**mongo_options(settings, secrets))
    return Connections(
        mongo=mongo,
        database=mongo[settings.database.name],
        redis_queue=_redis(settings.redis_queue, settings.region),
        redis_cache=_cache(settings.redis_cache, settings.region),
    )


def mongo_options(settings: Settings, secrets: Secrets) -> dict[str, Any]:
    """Arguments of the client: no retryable writes (DocumentDB 5.0 and the embedded server have
    none) and times in UTC."""
    options: dict[str, Any] = {
        **_whereabouts(settings.database, secrets),
        "tz_aware": True,
        "retryWrites": False,
        "retryReads": True,
        "maxPoolSize": POOL_MOST,
        "minPoolSize": POOL_LEAST,
        "connectTimeoutMS": CONNECT_SECONDS * 1000,
        "socketTimeoutMS": SOCKET_SECONDS * 1000,
        "maxIdleTimeMS": IDLE_SECONDS * 1000,
        "serverSelectionTimeoutMS": SELECT_SECONDS * 1000,
        "waitQueueTimeoutMS": SELECT_SECONDS * 1000,
    }
    if secrets.database is not None:
        options |= {"username": secrets.database.username, "password": secrets.database.password}
    return options


def _whereabouts(where: DatabaseSettings, secrets: Secrets) -> dict[str, Any]:
    """How the servers are found, and trusted: arguments win over what a connection string says."""
    if where.kind == DOCUMENTDB:
        found: dict[str, Any] = {"host": where.host, "port": where.port}
        if not where.tls:
            return found | {"directConnection": True}
        # A managed cluster: its endpoint leads to the primary of set rs0.
        found |= {"tls": True, "replicaSet": "rs0"}
        return found | ({"tlsCAFile": str(CA_BUNDLE)} if CA_BUNDLE.exists() else {})
    # Somebody else's: the set tells its name, and its certificates are of public authorities.
    tls = {"tls": where.tls}
    if secrets.database_uri:
        return {"host": secrets.database_uri, **tls}
    if where.kind == SEEDED:
        return {"host": f"mongodb+srv://{where.host}/", **tls}
    return {"host": where.host, "port": where.port, **tls}


def redis_options(where: RedisSettings, region: str) -> dict[str, Any]:
    """Connection arguments that redis-py and BullMQ both take."""
    options: dict[str, Any] = {
        "host": where.host,
        "port": where.port,
        "socket_connect_timeout": REDIS_SECONDS,
        "socket_timeout": REDIS_SECONDS,
        "health_check_interval": IDLE_SECONDS,
    }
    if where.tls:
        options["ssl"] = True
    if where.auth == "iam":
        options["credential_provider"] = IamCredentials(where, region)
    return options


def _redis(where: RedisSettings, region: str) -> Redis:
    options = redis_options(where, region)
    if options.pop("ssl", False):
        from redis.asyncio import SSLConnection

        options["connection_class"] = SSLConnection
    pool = BlockingConnectionPool(max_connections=REDIS_MOST, timeout=SELECT_SECONDS, **options)
    return Redis.from_pool(pool)


def _cache(where: RedisSettings, region: str) -> CacheClient:
    if not where.cluster:
        return _redis(where, region)
    # Any node tells of the others; a node that fails is asked about again at once.
    return RedisCluster(max_connections=NODE_MOST, **redis_options(where, region))


class IamCredentials(CredentialProvider):
    """A signed token in place of a password, made anew for each connection.

    Rule: docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html (connect action, signed for
    the replication group's id, 15 minutes).
    """

    def __init__(self, where: RedisSettings, region: str) -> None:
        self._user, self._region = where.user, region
        self._group = replication_group_of(where.host)

    def get_credentials(self) -> tuple[str, str]:
        credentials = boto3.Session(region_name=self._region).get_credentials()
        if credentials is None:
            raise RuntimeError("no AWS credentials to sign the Redis token with: give a role")
        query = f"Action=connect&User={self._user}"
        request = AWSRequest(method="GET", url=f"http://{self._group}/?{query}")
        signer = SigV4QueryAuth(
            credentials.get_frozen_credentials(), "elasticache", self._region, _TOKEN_SECONDS
        )
        signer.add_auth(request)
        return self._user, str(request.url).removeprefix("http://")


def replication_group_of(host: str) -> str:
    """The id in a primary endpoint such as `master.gacp-prod-queue.ab12.apse1.cache.amazonaws.com`.

    Raises `ValueError` for a name of another form.
    """
    parts = host.split(".")
    if not host.endswith(".cache.amazonaws.com") or len(parts) < 6:
        raise ValueError(f"{host!r} is no ElastiCache endpoint: REDIS_*_AUTH=iam needs one")
    return parts[1] if parts[0] in ("master", "clustercfg", "replica") else parts[0]


async def ping_database(database: Database) -> None:
    """Raise unless MongoDB answers `ping` (the embedded server has no `hello`)."""
    await database.command("ping")


async def ping_redis(redis: CacheClient) -> None:
    """Raise unless Redis answers: in a cluster, every node."""
    await cast("Awaitable[object]", redis.ping())
