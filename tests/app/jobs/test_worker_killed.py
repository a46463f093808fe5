"""kill -9 in the middle of every job of the path: the path ends, and nothing happens twice.

Each test runs the whole path with real processes. The worker stops at one named point (see
`app.jobs.holding`), is killed there, and another worker takes over.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from app.applications.states import State
from app.core.audit import Audit
from tests.app.jobs.world import until

pytestmark = pytest.mark.services

POINTS = (
    "quality-check:after-check",
    "quality-check:after-step",
    "process-document:after-renditions",
    "process-document:after-record",
    "issue-certificate:after-number",
    "issue-certificate:after-pdf",
    "issue-certificate:after-publication",
    "send-email:before-send",
    "send-email:after-acceptance",
)


class Path:
    """The asynchronous half of the path: submission to check, approval to certificate."""

    def __init__(self, world, owner, application, job_id):
        self.world, self.owner = world, owner
        self.application, self.job_id = application, job_id

    @classmethod
    async def begin(cls, world):
        owner = await world.farmer()
        application, job_id = await world.submitted(owner)
        return cls(world, owner, application, job_id)

    async def go_on(self):
        """Once the check has passed, approve as an approver would."""
        await until(self._is_checked, "the application is checked")
        await self.world.database["applications"].update_one(
            {"_id": self.application.id}, {"$set": {"state": State.INSPECTED.value}}
        )
        await self.world.approve(self.application)

    async def end(self):
        await until(lambda: self.world.all("certificates", state="issued"), "a certificate")
        await self.world.settle()

    async def _is_checked(self):
        return (await self.world.read(self.application)).state is State.CHECKED


async def assert_everything_happened_once(path):
    world, application = path.world, await path.world.read(path.application)
    assert application.state is State.APPROVED
    [certificate] = await world.all("certificates")
    assert application.certificate_number == certificate["number"]
    assert [entry.step for entry in application.history] == ["pass-check"]
    [job] = await world.all("jobs")
    assert (job["_id"], job["status"]) == (path.job_id, "completed")
    documents = await world.all("documents")
    assert [one["state"] for one in documents] == ["processed"] * 2
    letters = await world.letters_to(path.owner)
    identifiers = [one["messageId"] for one in letters]
    assert len(set(identifiers)) == len(identifiers) == 3
    assert {one["state"] for one in await world.all("mails")} == {"sent"}
    actions = Counter(one["action"] for one in await world.all("audit"))
    assert actions == {
        "document.processed": 2,
        "application.checked": 1,
        "certificate.issued": 1,
        "mail.sent": 3,
    }
    verdict = await Audit(world.database).verify()
    assert verdict.intact, str(verdict)
    assert await world.all("work") == []


@pytest.mark.parametrize("point", POINTS)
async def test_a_worker_killed_in_the_middle_changes_nothing(world, workers, tmp_path, point):
    marker = tmp_path / "held"
    hold = {"GACP_HOLD_AT": point, "GACP_HOLD_MARKER": str(marker)}

    async def is_held():
        return marker.exists()

    first = await workers.start(**hold)
    path = await Path.begin(world)
    going_on = asyncio.create_task(path.go_on())
    await until(is_held, f"a job is held at {point}")
    first.kill()
    await workers.start(**hold)
    await going_on
    await path.end()
    await assert_everything_happened_once(path)


async def test_a_message_accepted_before_the_kill_comes_again_under_the_same_id(
    world, workers, tmp_path
):
    marker = tmp_path / "held"
    hold = {"GACP_HOLD_AT": "send-email:after-acceptance", "GACP_HOLD_MARKER": str(marker)}

    async def is_held():
        return marker.exists()

    first = await workers.start(**hold)
    owner = await world.farmer()
    await world.ask_for_check(await world.application(owner, State.WITHDRAWN), owner)
    await until(is_held, "the message was accepted")
    first.kill()
    assert {one["state"] for one in await world.all("mails")} == {"sending"}
    await workers.start(**hold)
    await world.settle()
    [letter] = await world.letters_to(owner)
    assert letter["count"] == 2


async def test_a_hold_is_ignored_outside_the_local_platform(tmp_path):
    from app.jobs.holding import hold_from

    marker = tmp_path / "held"
    asked = {"GACP_HOLD_AT": "a:b", "GACP_HOLD_MARKER": str(marker)}
    await hold_from({**asked, "GACP_ENVIRONMENT": "prod"}).point("a:b")
    assert not marker.exists()
    assert hold_from({**asked, "GACP_ENVIRONMENT": "local"}).at == "a:b"
