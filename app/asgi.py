"""The application that the server runs, in two roles: the API and the portal's pages."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app import health, portal, problems
from app.applications import routes as applications
from app.certificates import routes as certificates
from app.core.access import requires_access
from app.core.edge import Edge
from app.core.identity import allows_anyone
from app.core.secrets import Secrets
from app.dependencies import DEPENDENCIES
from app.documents import routes as documents
from app.inspections import routes as inspections
from app.lifespan import STATE_KEY, lifespan_of
from app.settings import Settings
from app.users import routes as users

API_BASE = "/api/v1"
# Bytes of a JSON body; an upload's route allows more.
MOST_JSON = 1024 * 1024


class WebRole(StrEnum):
    """What a web process serves. Health and metrics are served by both."""

    API = "api"
    PORTAL = "portal"


def create_litestar(role: WebRole, settings: Settings, secrets: Secrets | None = None) -> Litestar:
    """The routes of `role`, each behind the access guard; `secrets` are fetched if not given."""
    readiness = health.Readiness()
    return Litestar(
        route_handlers=[*health.HANDLERS, *_handlers(role)],
        guards=[requires_access],
        dependencies={
            **DEPENDENCIES,
            "readiness": Provide(lambda: readiness, sync_to_thread=False),
        },
        exception_handlers=(
            problems.HANDLERS if role is WebRole.API else portal.EXCEPTION_HANDLERS
        ),
        lifespan=[lifespan_of(settings, secrets)],
        request_max_body_size=MOST_JSON,
        openapi_config=_openapi() if role is WebRole.API else None,
        logging_config=None,
    )


def wrapped(litestar: Litestar) -> Edge:
    """`litestar` behind the edge middleware, which verifies tokens with the platform's key."""
    return Edge(litestar, lambda: litestar.state[STATE_KEY].tokens)


def _handlers(role: WebRole) -> list[Any]:
    if role is WebRole.PORTAL:
        return portal.HANDLERS
    return [
        Router(
            API_BASE,
            route_handlers=[
                users.router,
                applications.router,
                documents.router,
                inspections.router,
                certificates.router,
            ],
        ),
        applications.root_quality_status,
    ]


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="GACP certification",
        version="1",
        description="Certification of farms against GACP. Errors are RFC 9457 problems.",
        openapi_router=Router(
            f"{API_BASE}/openapi", route_handlers=[], opt=allows_anyone(), include_in_schema=False
        ),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    )
