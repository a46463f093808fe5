"""Validity and status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.applications.model import Crop
from app.certificates.model import (
    Certificate,
    CertificateState,
    Status,
    end_of_validity,
    printed,
    public_view,
    status_of,
    verify_url,
)
from tests.app.jobs.world import FARM

ISSUED = datetime(2026, 11, 23, 5, tzinfo=UTC)


def certificate(state: CertificateState = CertificateState.ISSUED) -> Certificate:
    return Certificate(
        id="a",
        application_id="a",
        owner_id="o",
        number="GACP-2569-7QK4M-9T2XW",
        series="GACP",
        state=state,
        holder="สมหญิง ใจดี",
        farm=FARM,
        crops=[Crop(name="ไพล")],
        issued_at=ISSUED,
        valid_until=end_of_validity(ISSUED),
        version=1,
    )


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        ("2026-11-23T05:00:00+00:00", "2029-11-22T23:59:59+07:00"),
        ("2026-12-31T18:00:00+00:00", "2029-12-31T23:59:59+07:00"),  # already 1 January there
        ("2028-02-29T05:00:00+00:00", "2031-02-28T23:59:59+07:00"),
    ],
)
def test_it_is_good_until_the_day_before_the_third_anniversary(issued, last):
    assert end_of_validity(datetime.fromisoformat(issued)).isoformat() == last


def test_it_expires_with_its_last_day():
    end = end_of_validity(ISSUED)
    assert status_of(certificate(), end) is Status.VALID
    assert status_of(certificate(), end + timedelta(seconds=1)) is Status.EXPIRED


@pytest.mark.parametrize("state", [CertificateState.SUSPENDED, CertificateState.REVOKED])
def test_what_people_decided_outranks_the_calendar(state):
    for moment in (ISSUED, ISSUED + timedelta(days=5000)):
        assert status_of(certificate(state), moment).value == state.value


def test_the_public_learns_no_address_and_no_position():
    shown = public_view(certificate(), ISSUED)
    assert (shown.farm, shown.province) == (FARM.name, FARM.province)
    assert FARM.address not in repr(shown)
    assert str(FARM.latitude) not in repr(shown)


def test_the_page_says_what_the_record_says():
    page = printed(certificate(), "https://gacp.example/")
    assert page.verify_url == verify_url("https://gacp.example", page.number)
    assert page.verify_url == "https://gacp.example/verify/GACP-2569-7QK4M-9T2XW"
    assert not page.is_test
