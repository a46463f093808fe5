"""The job `process-document`: renditions of a photograph, or a last look at a paper.

The renditions have fixed keys, so storing them again changes nothing; the record is written once,
by its state.
"""

from __future__ import annotations

import asyncio
from typing import Any

from app.core.audit import Audit
from app.core.connections import Database
from app.core.media import Encoding, MadeRendition, UnreadableImageError, make_renditions
from app.core.queues import Delivery, RefusedError
from app.core.records import from_document, to_document
from app.core.storage import ObjectMissingError, Storage
from app.documents.model import Document, DocumentState, StoredRendition
from app.documents.service import DOCUMENTS, by_id
from app.jobs.holding import Hold

KIND = "process-document"
RENDER_SECONDS = 60


def received(document: Document) -> dict[str, Any]:
    """The record while nobody has processed it."""
    return {"_id": document.id, "state": DocumentState.RECEIVED.value}


class ProcessDocumentJob:
    """Processes one uploaded file. Idempotent."""

    def __init__(self, database: Database, storage: Storage, audit: Audit, hold: Hold) -> None:
        self._database, self._storage = database, storage
        self._audit, self._hold = audit, hold

    async def __call__(self, delivery: Delivery) -> None:
        document = await self._document(str(delivery.payload["documentId"]))
        if document.state is DocumentState.RECEIVED:
            await self._process(document)
            await self._hold.point(f"{KIND}:after-record")
            document = await self._document(document.id)
        await self._note(document)

    async def failed(self, delivery: Delivery) -> None:
        """It could not be processed: rejected, so that the check does not wait for it for ever."""
        document = await self._document(str(delivery.payload["documentId"]))
        await self._finish(document, DocumentState.REJECTED, {})
        await self._note(await self._document(document.id))

    async def _process(self, document: Document) -> None:
        try:
            made = await self._renditions(document)
        except (UnreadableImageError, ObjectMissingError):
            await self._finish(document, DocumentState.REJECTED, {})
            return
        stored: dict[str, Any] = {}
        for one in made:
            folder = document.key.rpartition("/")[0]
            key = f"{folder}/{one.name}{one.encoding.ending}"
            await self._storage.put(key, one.body, one.encoding.value)
            record = StoredRendition(
                key=key,
                content_type=one.encoding.value,
                width=one.width,
                height=one.height,
                size=len(one.body),
            )
            stored[one.name] = to_document(record)
        await self._hold.point(f"{KIND}:after-renditions")
        await self._finish(document, DocumentState.PROCESSED, stored)

    async def _renditions(self, document: Document) -> tuple[MadeRendition, ...]:
        if not document.content_type.startswith("image/"):
            # Papers were opened when they came; what must still hold is that the original is there.
            if await self._storage.head(document.key) is None:
                raise ObjectMissingError(document.key)
            return ()
        original = await self._storage.get(document.key)
        async with asyncio.timeout(RENDER_SECONDS):
            return await asyncio.to_thread(make_renditions, original, Encoding.JPEG)

    async def _finish(
        self, document: Document, state: DocumentState, renditions: dict[str, Any]
    ) -> None:
        await self._database[DOCUMENTS].update_one(
            received(document),
            {"$set": {"state": state.value, "renditions": renditions}, "$inc": {"version": 1}},
        )

    async def _note(self, document: Document) -> None:
        await self._audit.record(
            "",
            f"document.{document.state}",
            f"application/{document.application_id}",
            {"documentId": document.id},
            "",
            key=f"document.processed.{document.id}",
        )

    async def _document(self, document_id: str) -> Document:
        found = await self._database[DOCUMENTS].find_one(by_id(document_id))
        if found is None:
            raise RefusedError(f"there is no document {document_id}")
        return from_document(found, Document)
