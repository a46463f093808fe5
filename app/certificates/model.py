"""Certificates: what is stored and shown, and how long one is good."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import field

from app.applications.model import Crop, Farm, OutboxItem
from app.core.pdf import THAILAND, PrintedCertificate, PrintedCrop, local_day
from app.core.records import Stored, View

VALIDITY_YEARS = 3


class CertificateState(StrEnum):
    """What was done to a certificate. Expiry is not a state: time does it."""

    ISSUING = "issuing"  # has its number, is not to be seen yet
    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class Status(StrEnum):
    """What the public is told."""

    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class Certificate(Stored):
    """A certificate. `_id` is the application's id: there is one for an application, or none.

    `valid_until` is the last moment of the last day in Thailand; `pdfs` maps a language to a key in
    the documents bucket.
    """

    id: str = field(name="_id")
    application_id: str
    owner_id: str
    number: str
    series: str
    state: CertificateState
    holder: str
    farm: Farm
    crops: list[Crop]
    issued_at: datetime
    valid_until: datetime
    version: int
    pdfs: dict[str, str] = field(default_factory=dict[str, str])
    outbox: list[OutboxItem] = field(default_factory=list[OutboxItem])


class PublicCertificate(View):
    """What anyone may know who has the number."""

    number: str
    status: Status
    holder: str
    farm: str
    province: str
    crops: list[Crop]
    issued_at: datetime
    valid_until: datetime


class CertificateView(View):
    """A certificate as its owner and staff see it; `pdf` maps a language to an address."""

    number: str
    application_id: str
    series: str
    status: Status
    holder: str
    farm: Farm
    crops: list[Crop]
    issued_at: datetime
    valid_until: datetime
    verify_url: str
    pdf: dict[str, str]


def end_of_validity(issued_at: datetime) -> datetime:
    """The last second of the day before the third anniversary, in Thailand's time."""
    first = local_day(issued_at)
    leap = first.month == 2 and first.day == 29
    year = first.year + VALIDITY_YEARS
    anniversary = date(year, 3, 1) if leap else first.replace(year=year)
    return datetime.combine(anniversary - timedelta(days=1), time(23, 59, 59), THAILAND)


def status_of(certificate: Certificate, moment: datetime) -> Status:
    """The status at `moment`; what people decided outranks the calendar."""
    if certificate.state is CertificateState.REVOKED:
        return Status.REVOKED
    if certificate.state is CertificateState.SUSPENDED:
        return Status.SUSPENDED
    return Status.EXPIRED if moment > certificate.valid_until else Status.VALID


def verify_url(public_url: str, number: str) -> str:
    """The address that the QR code holds."""
    return f"{public_url.rstrip('/')}/verify/{number}"


def printed(certificate: Certificate, public_url: str) -> PrintedCertificate:
    """What stands on the page."""
    farm = certificate.farm
    return PrintedCertificate(
        number=certificate.number,
        holder=certificate.holder,
        farm=farm.name,
        address=farm.address,
        district=farm.district,
        province=farm.province,
        area_rai=farm.area_rai,
        crops=tuple(
            PrintedCrop(crop.name, crop.scientific_name or "", crop.part or "")
            for crop in certificate.crops
        ),
        issued_on=local_day(certificate.issued_at),
        valid_until=local_day(certificate.valid_until),
        verify_url=verify_url(public_url, certificate.number),
        is_test=certificate.series == "TEST",
    )


def public_view(certificate: Certificate, moment: datetime) -> PublicCertificate:
    return PublicCertificate(
        number=certificate.number,
        status=status_of(certificate, moment),
        holder=certificate.holder,
        farm=certificate.farm.name,
        province=certificate.farm.province,
        crops=certificate.crops,
        issued_at=certificate.issued_at,
        valid_until=certificate.valid_until,
    )


def view_of(certificate: Certificate, moment: datetime, public_url: str) -> CertificateView:
    base = f"/api/v1/certificates/{certificate.number}/pdf?language="
    return CertificateView(
        number=certificate.number,
        application_id=certificate.application_id,
        series=certificate.series,
        status=status_of(certificate, moment),
        holder=certificate.holder,
        farm=certificate.farm,
        crops=certificate.crops,
        issued_at=certificate.issued_at,
        valid_until=certificate.valid_until,
        verify_url=verify_url(public_url, certificate.number),
        pdf={language: base + language for language in sorted(certificate.pdfs)},
    )
