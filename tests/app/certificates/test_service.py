"""Making and finding certificates over real stores."""

from __future__ import annotations

import asyncio

import pytest

from app.applications.states import State
from app.certificates.model import Status
from app.certificates.number import Series
from app.core.identity import Caller, Language, Role
from app.errors import NotFound
from tests.app.jobs.world import world_on

pytestmark = pytest.mark.services


@pytest.fixture
async def bench(services):
    async with world_on(services) as world:
        owner = await world.farmer()
        application = await world.application(owner, State.APPROVED)
        yield world, owner, application, world.platform.certificates


async def test_racing_makers_make_one_certificate_with_one_number(bench):
    world, owner, application, service = bench
    made = await asyncio.gather(*(service.issue(application, owner) for _ in range(8)))
    [stored] = await world.all("certificates")
    assert {one.number for one in made} == {stored["number"]}
    assert len(stored["outbox"]) == 1
    assert [one["action"] for one in await world.all("audit")] == ["certificate.issued"]


async def test_a_reserved_number_is_not_public_before_the_pages_are_stored(bench):
    _, owner, application, service = bench
    certificate = await service.reserve(application, owner)
    assert await service.find_public(certificate.number) is None
    caller = Caller(owner.id, Role.FARMER)
    with pytest.raises(NotFound):
        await service.of_application(caller, application.id)
    await service.issue(application, owner)
    found = await service.find_public(certificate.number.lower())
    assert (found.status, found.holder) == (Status.VALID, owner.name)


async def test_owner_and_staff_get_the_page_and_nobody_else(bench):
    _, owner, application, service = bench
    certificate = await service.issue(application, owner)
    for caller in (Caller(owner.id, Role.FARMER), Caller("somebody", Role.APPROVER)):
        assert (await service.pdf(caller, certificate.number, Language.THAI)).startswith(b"%PDF")
        view = await service.of_application(caller, application.id)
        assert view.pdf["en"].endswith(f"{certificate.number}/pdf?language=en")
    stranger = Caller("somebody", Role.FARMER)
    with pytest.raises(NotFound):
        await service.pdf(stranger, certificate.number, Language.THAI)
    with pytest.raises(NotFound):
        await service.of_application(stranger, application.id)


async def test_a_page_that_the_store_lost_is_set_anew_with_the_same_bytes(bench):
    world, owner, application, service = bench
    certificate = await service.issue(application, owner)
    caller = Caller(owner.id, Role.FARMER)
    before = await service.pdf(caller, certificate.number, Language.ENGLISH)
    await world.platform.storage.delete(certificate.pdfs["en"])
    assert await service.pdf(caller, certificate.number, Language.ENGLISH) == before


async def test_a_test_certificate_says_so_in_its_number(bench):
    _, owner, application, service = bench
    certificate = await service.issue(application, owner, Series.TEST)
    assert certificate.number.startswith("TEST-")


async def test_an_unknown_number_is_none(bench):
    service = bench[3]
    assert await service.find_public("GACP-2569-00000-00000") is None
    assert await service.find_public("nonsense") is None
