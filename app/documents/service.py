"""Documents: taking them in, listing, handing them out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.applications.service import ApplicationService
from app.applications.states import EDITABLE
from app.core.audit import Audit
from app.core.connections import STATEMENT_SECONDS, Connections
from app.core.connections import Document as Stored
from app.core.identity import Caller, Role
from app.core.outbox import announce, item
from app.core.records import from_document, new_id, now, to_document
from app.core.storage import Storage
from app.documents.formats import ending_of
from app.documents.model import Document, DocumentKind, DocumentState, Rendition
from app.documents.scrutiny import examine
from app.errors import NotEditable, NotFound, TooManyDocuments

DOCUMENTS = "documents"
MOST_BYTES = 10 * 1024 * 1024  # requirements.md, I7: this many are taken, one more is not
MOST_DOCUMENTS = 100
# Each holds up to 10 MiB in memory while it is looked at and stored.
UPLOADS_AT_ONCE = 8
# A progressive JPEG of 50 million pixels takes some 150 MB while it is walked.
EXAMINED_AT_ONCE = 2


def of_application(application_id: str) -> Stored:
    return {"applicationId": application_id}


def by_id(document_id: str) -> Stored:
    return {"_id": document_id}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    kind: DocumentKind
    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to hand out."""

    body: bytes
    content_type: str
    file_name: str


class DocumentService:
    """Use cases of documents. Who may see an application may see its documents."""

    def __init__(
        self,
        connections: Connections,
        applications: ApplicationService,
        storage: Storage,
        audit: Audit,
    ) -> None:
        self._documents = connections.database[DOCUMENTS]
        self._redis = connections.redis_queue
        self._applications, self._storage, self._audit = applications, storage, audit
        self.slots = asyncio.Semaphore(UPLOADS_AT_ONCE)
        self._examining = asyncio.Semaphore(EXAMINED_AT_ONCE)

    async def check_may_add(self, caller: Caller, application_id: str) -> None:
        """Raises before a byte of the body is read: `NotFound`, `NotEditable`,
        `TooManyDocuments`."""
        application = await self._applications.get(caller, application_id)
        if application.state not in EDITABLE:
            raise NotEditable(state=application.state.value)
        if await self._documents.count_documents(of_application(application_id)) >= MOST_DOCUMENTS:
            raise TooManyDocuments(limit=MOST_DOCUMENTS)

    async def add(
        self, upload: Upload, caller: Caller, application_id: str, request_id: str
    ) -> Document:
        """Keep a file: the original first, then its record with the processing it asks for.

        An original without a record is never seen; a record always has its original. Raises
        `DocumentRefused`, `TypeNotAllowed`.
        """
        async with self._examining:
            examined = await asyncio.to_thread(examine, upload.file_name, upload.content)
        document_id = new_id()
        ending = ending_of(examined.file_name)
        key = f"applications/{application_id}/documents/{document_id}/original{ending}"
        await self._storage.put(key, upload.content, examined.format.content_type)
        document = Document(
            id=document_id,
            application_id=application_id,
            owner_id=caller.id,
            kind=upload.kind,
            file_name=examined.file_name,
            content_type=examined.format.content_type,
            size=len(upload.content),
            sha256=examined.sha256,
            key=key,
            state=DocumentState.RECEIVED,
            version=1,
            created_at=now(),
            position=examined.position,
            taken_at=examined.taken_at,
        )
        stored = to_document(document)
        stored["outbox"] = [item("process-document", {"documentId": document_id})]
        await self._documents.insert_one(stored)
        await announce(self._redis)
        await self._audit.record(
            caller.id,
            "document.added",
            f"application/{application_id}",
            {"documentId": document_id, "sha256": examined.sha256},
            request_id,
        )
        return document

    async def list(self, caller: Caller, application_id: str) -> list[Document]:
        """All documents of an application, oldest first. Raises `NotFound`."""
        await self._applications.get(caller, application_id)
        found = await self._documents.find(
            of_application(application_id),
            {"outbox": 0},
            sort=[("_id", 1)],
            limit=MOST_DOCUMENTS * 2,
            max_time_ms=STATEMENT_SECONDS * 1000,
        ).to_list()
        return [from_document(one, Document) for one in found]

    async def get(self, caller: Caller, document_id: str) -> Document:
        """One document. Raises `NotFound` for none, and for another farmer's."""
        found = await self._documents.find_one(by_id(document_id))
        if found is None:
            raise NotFound
        document = from_document(found, Document)
        if caller.role is Role.FARMER and document.owner_id != caller.id:
            raise NotFound
        return document

    async def content(self, caller: Caller, document_id: str, rendition: Rendition) -> Content:
        """The bytes of a form of a document. Raises `NotFound` for one not made (yet)."""
        document = await self.get(caller, document_id)
        if rendition is Rendition.ORIGINAL:
            body = await self._storage.get(document.key)
            return Content(body, document.content_type, document.file_name)
        made = document.renditions.get(rendition.value)
        if made is None:
            raise NotFound
        name = f"{document.id}-{rendition.value}{ending_of(made.key)}"
        return Content(await self._storage.get(made.key), made.content_type, name)
