"""The public pages: what this is, and whether a certificate is genuine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import structlog
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.assets import static_file
from app.certificates.model import PublicCertificate
from app.certificates.number import Series
from app.certificates.service import CertificateService
from app.core.identity import Language, allows_anyone
from app.core.pdf import THAILAND, local_day, written_date
from app.core.records import now
from app.core.texts import text
from app.errors import DomainError
from app.pages import asked_language, page
from app.problems import UNREACHABLE

_log = structlog.stdlib.get_logger("app.portal")


@get("/", opt=allows_anyone(), include_in_schema=False)
async def landing(request: Request[Any, Any, Any]) -> Response[str]:
    """What the platform is, and the form that verifies."""
    return page(request, "landing", text(asked_language(request), "landing.title"))


@get("/verify", opt=allows_anyone(), include_in_schema=False)
async def verify_form(
    request: Request[Any, Any, Any],
    number: Annotated[str | None, QueryParameter(max_length=64)] = None,
) -> Response[Any]:
    """The form; with a number, on to that certificate's page."""
    language = asked_language(request)
    asked = "".join((number or "").split()).upper()
    if asked:
        return Redirect(f"/verify/{quote(asked, safe='')}?lang={language}", status_code=303)
    return page(request, "verify", text(language, "verify.title"))


@get("/verify/{number:str}", opt=allows_anyone(), include_in_schema=False)
async def verify(
    request: Request[Any, Any, Any],
    number: FromPath[str],
    certificates: NamedDependency[CertificateService],
) -> Response[str]:
    """One certificate as anyone may see it."""
    language = asked_language(request)
    certificate = await certificates.find_public(number)
    if certificate is None:
        return page(
            request,
            "message",
            text(language, "page.unknown-certificate.title"),
            status=404,
            detail=text(language, "page.unknown-certificate.detail", number=number[:64]),
            number=number[:64],
        )
    moment = now()
    return page(
        request,
        "certificate",
        text(language, "certificate.title", number=certificate.number),
        certificate=shown(certificate, language),
        checked=text(
            language,
            "certificate.checked-at",
            date=written_date(local_day(moment), language),
            time=f"{moment.astimezone(THAILAND):%H:%M}",
        ),
    )


def shown(certificate: PublicCertificate, language: Language) -> Mapping[str, object]:
    """What the page tells of a certificate, dates by the reader's calendar."""
    issued, until = local_day(certificate.issued_at), local_day(certificate.valid_until)
    return {
        "number": certificate.number,
        "status": str(certificate.status),
        "holder": certificate.holder,
        "farm": certificate.farm,
        "province": certificate.province,
        "crops": [
            {"name": crop.name, "scientific": crop.scientific_name or ""}
            for crop in certificate.crops
        ],
        "issued": written_date(issued, language),
        "issued_iso": issued.isoformat(),
        "until": written_date(until, language),
        "until_iso": until.isoformat(),
        "test": certificate.number.startswith(Series.TEST.value),
    }


def on_refusal(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """A page for what was refused or went wrong; nothing internal is told."""
    status = _status_of(error)
    language = asked_language(request)
    if status < 500:
        title, detail = "page.not-found.title", text(language, "page.not-found.detail")
        status = 404 if status in (400, 404, 405, 422) else status
    else:
        _log.error("page failed", kind=type(error).__name__, exc_info=error)
        request_id = request.scope["state"].get("request_id", "")
        title = "page.error.title"
        detail = text(language, "page.error.detail", request_id=request_id)
    return page(request, "message", text(language, title), status=status, detail=detail)


def _status_of(error: Exception) -> int:
    if isinstance(error, DomainError):
        return error.status
    if isinstance(error, HTTPException):
        return error.status_code
    return 503 if isinstance(error, UNREACHABLE) else 500


HANDLERS = [landing, verify_form, verify, static_file]
EXCEPTION_HANDLERS: dict[Any, Any] = {
    DomainError: on_refusal,
    HTTPException: on_refusal,
    Exception: on_refusal,
}
