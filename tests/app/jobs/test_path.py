"""The asynchronous half of the path, with the worker's parts in this process."""

from __future__ import annotations

import pytest

from app.applications.model import JobStatus
from app.applications.states import State
from app.core.audit import Audit
from app.core.storage import ObjectInfo
from app.documents.model import DocumentKind, DocumentState
from app.worker import working
from tests.app.jobs.world import photograph, until

pytestmark = pytest.mark.services


async def test_a_submission_with_good_papers_is_checked_and_told(world):
    owner = await world.farmer()
    application, job_id = await world.submitted(owner)
    async with working(world.platform):
        await world.settle()
    checked = await world.read(application)
    assert checked.state is State.CHECKED
    assert checked.quality_check.checker == "local-rules"
    assert checked.quality_check.passed
    [job] = await world.all("jobs", _id=job_id)
    assert job["status"] == JobStatus.COMPLETED.value
    assert job["result"]["score"] == 100
    subjects = [one["subject"] for one in await world.letters_to(owner)]
    assert len(subjects) == 2
    assert any("ผ่านการตรวจสอบ" in one for one in subjects)


async def test_a_submission_without_a_deed_is_returned_with_the_reason(world):
    owner = await world.farmer()
    application = await world.application(owner)
    await world.document(application, DocumentKind.PHOTO, photograph(None), "a.jpg", "image/jpeg")
    await world.ask_for_check(application, owner)
    async with working(world.platform):
        await world.settle()
    returned = await world.read(application)
    assert returned.state is State.RETURNED
    assert not returned.quality_check.passed
    assert any("เอกสารสิทธิ์" in one for one in returned.quality_check.findings)


async def test_an_approval_becomes_one_certificate_that_the_public_can_check(world):
    owner = await world.farmer()
    application = await world.application(owner, State.INSPECTED)
    await world.approve(application)
    async with working(world.platform):
        await world.settle()
    [certificate] = await world.all("certificates")
    assert certificate["state"] == "issued"
    assert (await world.read(application)).certificate_number == certificate["number"]
    for language in ("th", "en"):
        info = await world.platform.storage.head(certificate["pdfs"][language])
        assert isinstance(info, ObjectInfo)
        assert info.content_type == "application/pdf"
    [letter] = await world.letters_to(owner)
    assert "GACP" in letter["subject"]
    actions = [one["action"] for one in await world.all("audit")]
    assert sorted(actions) == ["certificate.issued", "mail.sent"]


async def test_a_damaged_photograph_is_rejected_and_the_check_says_so(world):
    owner = await world.farmer()
    application = await world.application(owner)
    await world.document(
        application, DocumentKind.PHOTO, photograph()[:5000], "half.jpg", "image/jpeg"
    )
    await world.ask_for_check(application, owner)
    async with working(world.platform):
        await world.settle()
    [document] = await world.all("documents")
    assert document["state"] == DocumentState.REJECTED.value
    assert any("half.jpg" in one for one in (await world.read(application)).quality_check.findings)


async def test_work_for_something_that_is_gone_fails_at_once_and_is_kept(world):
    owner = await world.farmer()
    application = await world.application(owner, State.SUBMITTED)
    await world.approve(application)
    await world.database["applications"].update_one(
        {"_id": application.id}, {"$set": {"state": "refused"}}
    )
    async with working(world.platform):
        await until(lambda: world.all("work", state="failed"), "the work is marked as failed")
    [work] = await world.all("work")
    assert "only an approved one is certified" in work["error"]
    assert await world.all("certificates") == []


async def test_the_audit_chain_of_the_path_is_intact(world):
    owner = await world.farmer()
    await world.submitted(owner)
    async with working(world.platform):
        await world.settle()
    verdict = await Audit(world.database).verify()
    assert verdict.intact
    assert verdict.records == 5  # two documents, one check, two letters
