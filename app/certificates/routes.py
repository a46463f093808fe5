"""Certificates over HTTP. The public check needs no token; everything else is owner or staff."""

from __future__ import annotations

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.certificates.model import CertificateView, PublicCertificate
from app.certificates.service import CertificateService
from app.core.identity import Caller, Language, allows_anyone, requires_owner_or_staff
from app.errors import NotFound


@get("/applications/{application_id:str}/certificate", opt=requires_owner_or_staff())
async def get_certificate(
    application_id: FromPath[str],
    caller: NamedDependency[Caller],
    certificates: NamedDependency[CertificateService],
) -> CertificateView:
    """The certificate of an application; 404 until the worker has made it."""
    return await certificates.of_application(caller, application_id)


@get("/certificates/{number:str}/pdf", opt=requires_owner_or_staff())
async def get_certificate_pdf(
    number: FromPath[str],
    caller: NamedDependency[Caller],
    certificates: NamedDependency[CertificateService],
    language: FromQuery[Language] = Language.THAI,
) -> Response[bytes]:
    """The certificate to print."""
    body = await certificates.pdf(caller, number, language)
    return Response(
        body,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{language}.pdf"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@get("/public/certificates/{number:str}", opt=allows_anyone())
async def check_certificate(
    number: FromPath[str], certificates: NamedDependency[CertificateService]
) -> PublicCertificate:
    """What anyone may know of a certificate."""
    found = await certificates.find_public(number)
    if found is None:
        raise NotFound
    return found


router = Router(
    "/",
    route_handlers=[get_certificate, get_certificate_pdf, check_certificate],
    tags=["certificates"],
)
