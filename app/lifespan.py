"""What the application holds while it runs, opened before it serves and closed after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from litestar import Litestar

from app.applications.service import ApplicationService
from app.certificates.service import CertificateService
from app.core.audit import Audit
from app.core.connections import Connections, open_connections
from app.core.secrets import Secrets, fetch_secrets
from app.core.security import Passwords, Tokens
from app.core.storage import Storage
from app.documents.service import DocumentService
from app.inspections.service import InspectionService
from app.settings import Settings
from app.users.service import UserService

STATE_KEY = "platform"

_log = structlog.stdlib.get_logger("app.lifespan")


@dataclass(slots=True)
class Platform:
    """Clients and use cases of one process. `draining` is set when no request should come."""

    settings: Settings
    secrets: Secrets
    connections: Connections
    storage: Storage
    audit: Audit
    tokens: Tokens
    passwords: Passwords
    users: UserService
    applications: ApplicationService
    documents: DocumentService
    inspections: InspectionService
    certificates: CertificateService
    draining: asyncio.Event = field(default_factory=asyncio.Event)

    async def close(self) -> None:
        """Close every connection and end the hashing threads."""
        await self.connections.close()
        await asyncio.to_thread(self.storage.close)
        await asyncio.to_thread(self.passwords.close)


def assemble(settings: Settings, secrets: Secrets) -> Platform:
    """Wire the use cases. Nothing is contacted."""
    connections = open_connections(settings, secrets)
    storage = Storage(settings.bucket_documents, settings.region)
    audit = Audit(connections.database)
    tokens, passwords = Tokens(secrets.jwt_secret), Passwords()
    applications = ApplicationService(connections, audit)
    return Platform(
        settings=settings,
        secrets=secrets,
        connections=connections,
        storage=storage,
        audit=audit,
        tokens=tokens,
        passwords=passwords,
        users=UserService(connections.database, passwords, tokens, audit),
        applications=applications,
        documents=DocumentService(connections, applications, storage, audit),
        inspections=InspectionService(connections.database, applications),
        certificates=CertificateService(connections.database, storage, audit, settings.public_url),
    )


async def open_platform(settings: Settings) -> Platform:
    """Fetch the secrets and wire everything. Raises `SettingsError`."""
    return assemble(settings, await asyncio.to_thread(fetch_secrets, settings))


def lifespan_of(settings: Settings, secrets: Secrets | None = None):
    """The lifespan of an application with `settings`; `secrets` are fetched if not given."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        platform = assemble(settings, secrets) if secrets else await open_platform(settings)
        app.state[STATE_KEY] = platform
        _log.info("started", environment=settings.environment)
        try:
            yield
        finally:
            platform.draining.set()
            await platform.close()
            _log.info("stopped")

    return lifespan
