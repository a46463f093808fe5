"""The audit chain: whole under concurrency, and every kind of tampering is named."""

from __future__ import annotations

import asyncio
import sys

import pytest

from app.core.audit import AUDIT, Audit, Tip
from tests.app.jobs.worker_process import REPOSITORY
from tests.app.jobs.world import world_on

pytestmark = pytest.mark.services

APPEND = """
import asyncio, sys
from pymongo import AsyncMongoClient
from app.core.audit import Audit
async def main(port, name, who):
    client = AsyncMongoClient(
        "127.0.0.1", int(port), directConnection=True, tz_aware=True, retryWrites=False
    )
    audit = Audit(client[name])
    appends = (audit.record(who, "test.appended", f"x/{n}", {"n": n}, "") for n in range(20))
    await asyncio.gather(*appends)
    await client.close()
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def database(services):
    async with world_on(services) as world:
        yield world.database


async def filled(database, count=6) -> Audit:
    audit = Audit(database)
    for n in range(count):
        await audit.record("user", "test.done", "application/a", {"n": n, "ratio": n / 2}, "req")
    return audit


async def test_records_are_chained_from_the_first(database):
    audit = await filled(database, 3)
    records = await database[AUDIT].find({}, sort=[("_id", 1)]).to_list()
    assert [one["_id"] for one in records] == [1, 2, 3]
    assert records[0]["previous"] == "0" * 64
    assert [one["previous"] for one in records[1:]] == [one["hash"] for one in records[:2]]
    verdict = await audit.verify()
    assert (verdict.intact, verdict.records) == (True, 3)


async def test_an_empty_log_is_intact(database):
    assert (await Audit(database).verify()).intact


async def test_racing_tasks_make_one_chain(database):
    logs = [Audit(database) for _ in range(5)]
    await asyncio.gather(
        *(log.record("u", "test.raced", f"x/{n}", {}, "") for n in range(20) for log in logs)
    )
    verdict = await logs[0].verify()
    assert (verdict.intact, verdict.records) == (True, 100), str(verdict)


async def test_racing_processes_make_one_chain(database, services):
    command = (sys.executable, "-c", APPEND, str(services.database.port), database.name)
    racing = [
        await asyncio.create_subprocess_exec(*command, f"process-{n}", cwd=REPOSITORY)
        for n in range(4)
    ]
    assert [await one.wait() for one in racing] == [0] * 4
    verdict = await Audit(database).verify()
    assert (verdict.intact, verdict.records) == (True, 80), str(verdict)


async def test_an_effect_with_a_key_is_recorded_once(database):
    logs = [Audit(database) for _ in range(4)]
    records = await asyncio.gather(
        *(log.record("", "mail.sent", "x/1", {}, "", key="mail.sent.1") for log in logs * 5)
    )
    assert {one["_id"] for one in records} == {1}
    assert (await logs[0].verify()).records == 1


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"$set": {"detail": {"n": 99, "ratio": 1.5}}}, "content"),
        ({"$set": {"actorId": "somebody-else"}}, "content"),
        ({"$set": {"hash": "f" * 64}}, "content"),
        ({"$set": {"previous": "f" * 64}}, "hash of record 3"),
        ({"$unset": {"at": 1}}, "removed"),
        ({"$set": {"extra": True}}, "content"),
    ],
)
async def test_a_changed_record_is_named(database, update, says):
    audit = await filled(database)
    await database[AUDIT].update_one({"_id": 4}, update)
    verdict = await audit.verify()
    assert (verdict.broken, verdict.records) == (4, 3)
    assert says in str(verdict)


async def test_a_record_with_a_recomputed_hash_breaks_the_next(database):
    from app.core import audit as module

    audit = await filled(database)
    record = await database[AUDIT].find_one({"_id": 4})
    record["actorId"] = "somebody-else"
    record["hash"] = module._hash_of(record)
    await database[AUDIT].replace_one({"_id": 4}, record)
    verdict = await audit.verify()
    assert verdict.broken == 5


@pytest.mark.parametrize("place", [1, 3])
async def test_a_removed_record_is_named(database, place):
    audit = await filled(database)
    await database[AUDIT].delete_one({"_id": place})
    verdict = await audit.verify()
    assert verdict.broken == place
    assert "missing" in str(verdict)


async def test_a_cut_off_end_is_noticed_with_a_tip_from_elsewhere(database):
    audit = await filled(database)
    tip = await audit.tip()
    assert tip.place == 6
    await database[AUDIT].delete_many({"_id": {"$gte": 5}})
    assert (await Audit(database).verify()).intact
    verdict = await Audit(database).verify(tip)
    assert verdict.broken == 5
    assert "once had 6" in str(verdict)


async def test_a_rewritten_log_is_noticed_with_a_tip_from_elsewhere(database):
    audit = await filled(database)
    assert (await audit.verify(Tip(3, "a" * 64))).broken == 3


async def test_the_records_of_a_subject_come_oldest_first_without_their_hashes(database):
    audit = await filled(database, 3)
    await audit.record("u", "test.done", "application/b", {}, "")
    records = await audit.of("application/a")
    assert [one["detail"]["n"] for one in records] == [0, 1, 2]
    assert not {"hash", "previous", "key"} & records[0].keys()
