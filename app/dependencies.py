"""What handlers ask for by name. Each is read from the running platform, never made per request."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import Scope

from app.applications.service import ApplicationService
from app.certificates.service import CertificateService
from app.core.audit import Audit
from app.core.connections import Connections
from app.core.identity import Caller, Language
from app.core.storage import Storage
from app.documents.service import DocumentService
from app.inspections.service import InspectionService
from app.lifespan import STATE_KEY, Platform
from app.problems import language_of
from app.settings import Settings
from app.users.service import UserService


def _platform(state: State) -> Platform:
    return state[STATE_KEY]


def _caller(scope: Scope) -> Caller:
    # The guard let nobody else through.
    return scope["user"]


def _request_id(scope: Scope) -> str:
    return scope["state"]["request_id"]


def _language(request: Request[Any, Any, Any]) -> Language:
    return language_of(request)


def _users(state: State) -> UserService:
    return _platform(state).users


def _applications(state: State) -> ApplicationService:
    return _platform(state).applications


def _documents(state: State) -> DocumentService:
    return _platform(state).documents


def _inspections(state: State) -> InspectionService:
    return _platform(state).inspections


def _certificates(state: State) -> CertificateService:
    return _platform(state).certificates


def _connections(state: State) -> Connections:
    return _platform(state).connections


def _storage(state: State) -> Storage:
    return _platform(state).storage


def _audit(state: State) -> Audit:
    return _platform(state).audit


def _settings(state: State) -> Settings:
    return _platform(state).settings


DEPENDENCIES = {
    "platform": Provide(_platform, sync_to_thread=False),
    "caller": Provide(_caller, sync_to_thread=False),
    "request_id": Provide(_request_id, sync_to_thread=False),
    "language": Provide(_language, sync_to_thread=False),
    "users": Provide(_users, sync_to_thread=False),
    "applications": Provide(_applications, sync_to_thread=False),
    "documents": Provide(_documents, sync_to_thread=False),
    "inspections": Provide(_inspections, sync_to_thread=False),
    "certificates": Provide(_certificates, sync_to_thread=False),
    "connections": Provide(_connections, sync_to_thread=False),
    "storage": Provide(_storage, sync_to_thread=False),
    "audit": Provide(_audit, sync_to_thread=False),
    "settings": Provide(_settings, sync_to_thread=False),
}
