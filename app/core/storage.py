"""Objects in a bucket, with deadlines: boto3 in threads of its own behind four verbs.

Every call ends within `DEADLINE_SECONDS`: connecting 3 s, each read 10 s, three attempts in all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

DEADLINE_SECONDS = 40
THREADS = 8
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=THREADS,
)
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class ObjectMissingError(Exception):
    """No object under this key."""


class StorageUnavailableError(Exception):
    """The store did not answer, or refused for a reason that may pass: try again later."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What the store says of an object; size in bytes."""

    size: int
    content_type: str


class Storage:
    """One bucket. Safe to share between tasks."""

    def __init__(self, bucket: str, region: str) -> None:
        """The bucket in `region`; the endpoint is the SDK's own or AWS_ENDPOINT_URL."""
        self.bucket = bucket
        self._client: Any = boto3.client("s3", region_name=region, config=_CONFIG)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="storage")

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store `body`; returns once the store has it. The same call twice is harmless."""
        await self._call(
            key,
            self._client.put_object,
            Key=key,
            Body=body,
            ContentType=content_type,
        )

    async def get(self, key: str) -> bytes:
        """The object's bytes. Raises `ObjectMissingError`, `StorageUnavailableError`."""

        def read(**arguments: Any) -> bytes:
            return self._client.get_object(**arguments)["Body"].read()

        return await self._call(key, read, Key=key)

    async def head(self, key: str) -> ObjectInfo | None:
        """Size and type, or None for a key that is not there."""
        try:
            answer = await self._call(key, self._client.head_object, Key=key)
        except ObjectMissingError:
            return None
        return ObjectInfo(answer["ContentLength"], answer.get("ContentType", ""))

    async def delete(self, key: str) -> None:
        """Remove the newest version; a key that is not there is no error."""
        await self._call(key, self._client.delete_object, Key=key)

    async def ping(self) -> None:
        """Raise unless the bucket answers."""
        await self._call("", self._client.head_bucket)

    def close(self) -> None:
        """Stop the threads; calls that run are left to their own deadlines."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    async def _call[T](self, key: str, operation: Callable[..., T], **arguments: Any) -> T:
        where = f"s3://{self.bucket}/{key}"
        work = partial(operation, Bucket=self.bucket, **arguments)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await loop.run_in_executor(self._threads, work)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "unknown"))
            if code in _MISSING:
                raise ObjectMissingError(f"{where} is not there") from error
            raise StorageUnavailableError(f"{where}: the store answered {code}") from error
        except (BotoCoreError, TimeoutError, OSError) as error:
            raise StorageUnavailableError(f"{where}: {type(error).__name__}") from error
