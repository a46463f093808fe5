"""Certificates: making one for an approved application, finding and handing it out.

Making is three steps, each of which may be repeated after a crash: the record with its number, the
two PDFs, and the publication together with the e-mail that tells of it.
"""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from app.applications.model import Application
from app.applications.notices import mail_item
from app.applications.transitions import APPLICATIONS
from app.certificates.model import (
    Certificate,
    CertificateState,
    CertificateView,
    PublicCertificate,
    end_of_validity,
    printed,
    public_view,
    verify_url,
    view_of,
)
from app.certificates.number import Series, new_number, read_number
from app.core.audit import Audit
from app.core.connections import Database, Document
from app.core.identity import Caller, Language, Role
from app.core.pdf import BUDDHIST_ERA, local_day, rendered, written_date
from app.core.records import from_document, now, to_document
from app.core.storage import ObjectMissingError, Storage
from app.errors import NotFound
from app.users.model import User

CERTIFICATES = "certificates"
ISSUED = "certificate-issued"
_ISSUING = CertificateState.ISSUING.value
_NUMBERS_TRIED = 5  # two equal numbers among a million: once in 70 years of that


def by_number(number: str) -> Document:
    """A certificate by number (unique index)."""
    return {"number": number}


def of_application(application_id: str) -> Document:
    return {"_id": application_id}


def unpublished(certificate: Certificate) -> Document:
    """The record as it was reserved; matches nothing once it was published."""
    return {"_id": certificate.id, "state": _ISSUING}


def without_number(application_id: str) -> Document:
    return {"_id": application_id, "certificateNumber": None}


class CertificateService:
    """Use cases of certificates. `public_url` is where people check them, without a slash."""

    def __init__(self, database: Database, storage: Storage, audit: Audit, public_url: str) -> None:
        self._database, self._storage, self._audit = database, storage, audit
        self._certificates = database[CERTIFICATES]
        self._public_url = public_url

    async def issue(
        self, application: Application, holder: User, series: Series = Series.GACP
    ) -> Certificate:
        """All steps in one go; the certificate. Repeating it returns the same one."""
        certificate = await self.reserve(application, holder, series)
        certificate = await self.render(certificate)
        return await self.publish(certificate, application, holder)

    async def reserve(
        self, application: Application, holder: User, series: Series = Series.GACP
    ) -> Certificate:
        """The application's certificate with its number: made now, or the one that is there."""
        moment = now()
        for _ in range(_NUMBERS_TRIED):
            found = await self._certificates.find_one(of_application(application.id))
            if found is not None:
                return from_document(found, Certificate)
            year = local_day(moment).year + BUDDHIST_ERA
            certificate = _reserved(application, holder, series, new_number(series, year), moment)
            try:
                await self._certificates.insert_one(to_document(certificate))
            except DuplicateKeyError:
                continue  # another worker's record for this application, or a number twice
            return certificate
        raise RuntimeError(
            f"no free number for application {application.id} in {_NUMBERS_TRIED} tries: "
            "check the unique index on certificates.number"
        )

    async def render(self, certificate: Certificate) -> Certificate:
        """Store the PDF of each language; the same bytes under the same keys each time."""
        for language in Language:
            body = await rendered(printed(certificate, self._public_url), language)
            key = f"certificates/{certificate.number}/{language}.pdf"
            await self._storage.put(key, body, "application/pdf")
            certificate.pdfs[language.value] = key
        return certificate

    async def publish(
        self, certificate: Certificate, application: Application, holder: User
    ) -> Certificate:
        """Let the public see it, with the e-mail to its holder in the same write; note it in the
        audit log and on the application. Each happens once, however often this is called."""
        mail = self._mail(certificate, application, holder)
        await self._certificates.update_one(
            unpublished(certificate),
            {
                "$set": {"state": CertificateState.ISSUED.value, "pdfs": certificate.pdfs},
                "$push": {"outbox": mail},
                "$inc": {"version": 1},
            },
        )
        await self._database[APPLICATIONS].update_one(
            without_number(application.id),
            {"$set": {"certificateNumber": certificate.number}, "$inc": {"version": 1}},
        )
        await self._audit.record(
            "",
            "certificate.issued",
            f"application/{application.id}",
            {"number": certificate.number},
            "",
            key=f"certificate.issued.{application.id}",
        )
        found = await self._certificates.find_one(of_application(application.id))
        return from_document(found, Certificate)

    async def find_public(self, number: str) -> PublicCertificate | None:
        """What the public may know of a number as somebody typed it; None for none."""
        found = await self._find(number)
        return None if found is None else public_view(found, now())

    async def of_application(self, caller: Caller, application_id: str) -> CertificateView:
        """The certificate of an application. Raises `NotFound` until it is made, and for another
        farmer's."""
        found = await self._certificates.find_one(of_application(application_id))
        certificate = None if found is None else from_document(found, Certificate)
        return view_of(_visible(certificate, caller), now(), self._public_url)

    async def pdf(self, caller: Caller, number: str, language: Language) -> bytes:
        """The stored PDF, or the same page set anew where the store has lost it.

        Raises `NotFound`, also for another farmer's.
        """
        certificate = _visible(await self._find(number), caller)
        try:
            return await self._storage.get(certificate.pdfs[language.value])
        except (KeyError, ObjectMissingError):
            return await rendered(printed(certificate, self._public_url), language)

    async def _find(self, number: str) -> Certificate | None:
        wanted = read_number(number)
        if wanted is None:
            return None
        found = await self._certificates.find_one(by_number(wanted))
        if found is None or found["state"] == _ISSUING:
            return None
        return from_document(found, Certificate)

    def _mail(self, certificate: Certificate, application: Application, holder: User) -> Document:
        until = local_day(certificate.valid_until)
        mail = mail_item(
            holder,
            ISSUED,
            application,
            {
                "number": certificate.number,
                "verifyUrl": verify_url(self._public_url, certificate.number),
                "validUntil": written_date(until, holder.language),
            },
        )
        mail["payload"]["messageKey"] = f"{application.id}.{ISSUED}.{certificate.number}"
        return mail


def _reserved(
    application: Application, holder: User, series: Series, number: str, moment: datetime
) -> Certificate:
    return Certificate(
        id=application.id,
        application_id=application.id,
        owner_id=application.owner_id,
        number=number,
        series=series.value,
        state=CertificateState.ISSUING,
        holder=holder.name,
        farm=application.farm,
        crops=application.crops,
        issued_at=moment,
        valid_until=end_of_validity(moment),
        version=1,
    )


def _visible(certificate: Certificate | None, caller: Caller) -> Certificate:
    if certificate is None or certificate.state is CertificateState.ISSUING:
        raise NotFound
    if caller.role is Role.FARMER and certificate.owner_id != caller.id:
        raise NotFound
    return certificate
