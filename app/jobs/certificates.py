"""The job `issue-certificate`: number, two PDFs, publication. Idempotent by the service's steps."""

from __future__ import annotations

from app.applications.model import Application
from app.applications.states import State
from app.applications.transitions import APPLICATIONS
from app.certificates.service import CertificateService
from app.core.connections import Database
from app.core.queues import Delivery, RefusedError
from app.core.records import from_document
from app.jobs.holding import Hold
from app.users.model import User
from app.users.service import USERS, by_id

KIND = "issue-certificate"


class IssueCertificateJob:
    """Makes the certificate of one approved application."""

    def __init__(self, database: Database, certificates: CertificateService, hold: Hold) -> None:
        self._database, self._certificates, self._hold = database, certificates, hold

    async def __call__(self, delivery: Delivery) -> None:
        application = await self._application(str(delivery.payload["applicationId"]))
        holder = await self._holder(application)
        certificate = await self._certificates.reserve(application, holder)
        await self._hold.point(f"{KIND}:after-number")
        certificate = await self._certificates.render(certificate)
        await self._hold.point(f"{KIND}:after-pdf")
        await self._certificates.publish(certificate, application, holder)
        await self._hold.point(f"{KIND}:after-publication")

    async def _application(self, application_id: str) -> Application:
        found = await self._database[APPLICATIONS].find_one({"_id": application_id})
        if found is None:
            raise RefusedError(f"there is no application {application_id}")
        application = from_document(found, Application)
        if application.state is not State.APPROVED:
            raise RefusedError(
                f"application {application_id} is {application.state}: only an approved one is "
                "certified"
            )
        return application

    async def _holder(self, application: Application) -> User:
        found = await self._database[USERS].find_one(by_id(application.owner_id))
        if found is None:
            raise RefusedError(f"application {application.id} has no owner any more")
        return from_document(found, User)
