"""Objects over a real S3 API."""

from __future__ import annotations

import pytest

from app.core.storage import ObjectInfo, ObjectMissingError, Storage, StorageUnavailableError
from tests.app.jobs.world import world_on

pytestmark = pytest.mark.services


@pytest.fixture
async def storage(services):
    async with world_on(services) as world:
        yield world.platform.storage


async def test_what_was_put_can_be_read_asked_for_and_removed(storage):
    await storage.put("a/ข.txt", b"body", "text/plain")
    assert await storage.get("a/ข.txt") == b"body"
    assert await storage.head("a/ข.txt") == ObjectInfo(4, "text/plain")
    await storage.delete("a/ข.txt")
    assert await storage.head("a/ข.txt") is None


async def test_a_missing_object_is_named(storage):
    with pytest.raises(ObjectMissingError, match="never-put"):
        await storage.get("never-put")


async def test_removing_twice_is_no_error(storage):
    await storage.delete("never-put")
    await storage.delete("never-put")


async def test_a_missing_bucket_is_no_ready_store(storage):
    absent = Storage("no-such-bucket-anywhere", "ap-southeast-1")
    with pytest.raises((ObjectMissingError, StorageUnavailableError)):
        await absent.ping()
    absent.close()
    await storage.ping()


async def test_a_dead_store_is_an_error_within_the_deadline(services, storage):
    services.processes.kill("aws-api")
    try:
        with pytest.raises(StorageUnavailableError, match="Connection"):
            await storage.get("anything")
    finally:
        services.processes.restart("aws-api")
