"""Documents over HTTP."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.core.edge import MOST_BODY
from app.core.identity import Caller, Ownership, Role, requires_owner_or_staff, requires_role
from app.documents.model import DocumentKind, DocumentView, Rendition, view_of
from app.documents.multipart import read_form
from app.documents.service import MOST_BYTES, DocumentService, Upload
from app.errors import Invalid


@post(
    "/applications/{application_id:str}/documents",
    opt=requires_role(Role.FARMER, ownership=Ownership.OWNER),
    request_max_body_size=MOST_BODY,
)
async def add_document(
    application_id: FromPath[str],
    request: Request[Caller, str, State],
    caller: NamedDependency[Caller],
    documents: NamedDependency[DocumentService],
    request_id: NamedDependency[str],
) -> Response[DocumentView]:
    """Upload a file: multipart with the parts `kind` and `file`, at most 10 MiB."""
    await documents.check_may_add(caller, application_id)
    async with documents.slots:
        form = await read_form(
            request.headers.get("content-type", ""), request.stream(), MOST_BYTES
        )
        upload = Upload(_kind(form.fields), form.file_name or "", bytes(form.content))
        document = await documents.add(upload, caller, application_id, request_id)
    return Response(view_of(document), headers={"Location": f"/api/v1/documents/{document.id}"})


def _kind(fields: dict[str, str]) -> DocumentKind:
    unknown = fields.keys() - {"kind"}
    if unknown:
        raise Invalid(sorted(unknown)[0], "not a part of this form: only kind and file are")
    try:
        return DocumentKind(fields.get("kind", ""))
    except ValueError:
        raise Invalid("kind", f"one of {', '.join(DocumentKind)}") from None


@get("/applications/{application_id:str}/documents", opt=requires_owner_or_staff())
async def list_documents(
    application_id: FromPath[str],
    caller: NamedDependency[Caller],
    documents: NamedDependency[DocumentService],
) -> dict[str, list[DocumentView] | None]:
    """All documents of an application: few enough for one page."""
    found = await documents.list(caller, application_id)
    return {"items": [view_of(one) for one in found], "nextCursor": None}


@get("/documents/{document_id:str}", opt=requires_owner_or_staff())
async def get_document(
    document_id: FromPath[str],
    caller: NamedDependency[Caller],
    documents: NamedDependency[DocumentService],
) -> DocumentView:
    """One document."""
    return view_of(await documents.get(caller, document_id))


@get("/documents/{document_id:str}/content", opt=requires_owner_or_staff())
async def get_document_content(
    document_id: FromPath[str],
    caller: NamedDependency[Caller],
    documents: NamedDependency[DocumentService],
    rendition: FromQuery[Rendition] = Rendition.ORIGINAL,
) -> Response[bytes]:
    """The bytes of a document, never to be shown as a page of ours."""
    content = await documents.content(caller, document_id, rendition)
    return Response(
        content.body,
        media_type=content.content_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(content.file_name)}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


router = Router(
    "/",
    route_handlers=[add_document, list_documents, get_document, get_document_content],
    tags=["documents"],
)
