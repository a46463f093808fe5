"""Documents of an application: what is stored and shown."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import field

from app.applications.model import OutboxItem
from app.core.records import Stored, View


class DocumentKind(StrEnum):
    """What a document proves."""

    PHOTO = "photo"
    DEED = "deed"  # title or lease of the land
    PLAN = "plan"
    RECORD = "record"  # cultivation records, laboratory results
    OTHER = "other"


class DocumentState(StrEnum):
    """Where processing stands. The original is safe in every state."""

    RECEIVED = "received"
    PROCESSED = "processed"
    REJECTED = "rejected"


class Rendition(StrEnum):
    """Which form of a document is asked for; only photographs have more than the original."""

    ORIGINAL = "original"  # private: holds the position
    DISPLAY = "display"  # at most 1920x1080, no position
    THUMBNAIL = "thumbnail"  # at most 800x600, no position


class Position(Stored):
    """Where a photograph was taken, in degrees (WGS 84), as its EXIF says."""

    latitude: float
    longitude: float


class StoredRendition(Stored):
    """One derived file: its key in the bucket, type, sides in pixels, size in bytes."""

    key: str
    content_type: str
    width: int
    height: int
    size: int


class Document(Stored):
    """An uploaded file. `key` is that of the original in the documents bucket; size in bytes.

    The worker fills `renditions` under `display` and `thumbnail`.
    """

    id: str = field(name="_id")
    application_id: str
    owner_id: str
    kind: DocumentKind
    file_name: str
    content_type: str
    size: int
    sha256: str
    key: str
    state: DocumentState
    version: int
    created_at: datetime
    position: Position | None = None
    taken_at: datetime | None = None
    renditions: dict[str, StoredRendition] = field(default_factory=dict[str, StoredRendition])
    outbox: list[OutboxItem] = field(default_factory=list[OutboxItem])


class RenditionView(View):
    """A derived file as a caller sees it; `href` is relative to the host."""

    href: str
    content_type: str
    width: int
    height: int
    size: int


class DocumentView(View):
    """A document as its owner and staff see it: the position is theirs alone."""

    id: str
    application_id: str
    kind: DocumentKind
    file_name: str
    content_type: str
    size: int
    sha256: str
    state: DocumentState
    created_at: datetime
    position: Position | None = None
    renditions: dict[str, RenditionView] = field(default_factory=dict[str, RenditionView])


def view_of(document: Document) -> DocumentView:
    base = f"/api/v1/documents/{document.id}/content?rendition="
    return DocumentView(
        id=document.id,
        application_id=document.application_id,
        kind=document.kind,
        file_name=document.file_name,
        content_type=document.content_type,
        size=document.size,
        sha256=document.sha256,
        state=document.state,
        created_at=document.created_at,
        position=document.position,
        renditions={
            name: RenditionView(
                href=base + name,
                content_type=made.content_type,
                width=made.width,
                height=made.height,
                size=made.size,
            )
            for name, made in document.renditions.items()
        },
    )
