"""The tip in another store notices what the chain cannot."""

from __future__ import annotations

import asyncio
from argparse import Namespace

import pytest

from app.cli import DONE, NOT_SO
from app.commands import COMMANDS
from app.core.audit import AUDIT, Audit, Tip
from app.core.audit_anchor import Anchor, verify_anchored
from app.core.storage import Storage
from app.lifespan import open_platform
from tests.app.jobs.world import until, world_on

pytestmark = pytest.mark.services


@pytest.fixture
async def bench(services):
    async with world_on(services) as world:
        backups = Storage(world.settings.bucket_backups, world.settings.region)
        audit = Audit(world.database)
        for n in range(4):
            await audit.record("u", "test.done", "application/a", {"n": n}, "")
        yield world.database, audit, backups
        backups.close()


async def test_the_tip_is_kept_while_the_worker_runs_and_when_it_stops(bench):
    _, audit, backups = bench
    stop = asyncio.Event()
    task = asyncio.create_task(Anchor(backups).keep(audit, stop, every=0.1))
    await until(Anchor(backups).read, "the tip is in the store")
    await audit.record("u", "test.done", "application/a", {}, "")
    stop.set()
    await task
    assert await Anchor(backups).read() == await audit.tip()
    assert (await verify_anchored(audit, backups)).intact


async def test_a_cut_off_end_is_named(bench):
    database, audit, backups = bench
    await Anchor(backups).write(await audit.tip())
    await database[AUDIT].delete_one({"_id": 4})
    assert (await Audit(database).verify()).intact
    verdict = await verify_anchored(Audit(database), backups)
    assert (verdict.broken, verdict.intact) == (4, False)


async def test_an_older_tip_never_replaces_a_newer_one(bench):
    _, audit, backups = bench
    newest = await audit.tip()
    await Anchor(backups).write(newest)
    await Anchor(backups).write(Tip(2, "a" * 64))
    assert await Anchor(backups).read() == newest


async def test_a_log_that_was_never_anchored_is_judged_by_its_chain(bench):
    _, audit, backups = bench
    assert (await verify_anchored(audit, backups)).intact


async def test_the_operators_command_compares_with_the_tip(services, capsys):
    async with world_on(services) as world:
        platform = await open_platform(world.settings)
        for n in range(3):
            await platform.audit.record("u", "test.done", "application/a", {"n": n}, "")
        assert await COMMANDS["audit"](Namespace(), platform) == DONE
        anchored = Storage(world.settings.bucket_backups, world.settings.region)
        await Anchor(anchored).write(await platform.audit.tip())
        await world.database[AUDIT].delete_one({"_id": 3})
        assert await COMMANDS["audit"](Namespace(), platform) == NOT_SO
        anchored.close()
        await platform.close()
    assert "3" in capsys.readouterr().out.splitlines()[-1]
