"""Who may call which route, written by hand: the other side of what the routes say themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from litestar import Litestar

from app.core.identity import ACCESS_KEY, Access

ANYONE = None
EVERYONE = frozenset({"farmer", "inspector", "approver", "administrator"})
FARMER, INSPECTOR = frozenset({"farmer"}), frozenset({"inspector"})
APPROVER, ADMINISTRATOR = frozenset({"approver"}), frozenset({"administrator"})
V1 = "/api/v1"


class Row(NamedTuple):
    """Roles that may call (None: anyone) and what must hold about the record."""

    roles: frozenset[str] | None
    ownership: str = "none"


SHARED = {
    ("GET", "/livez"): Row(ANYONE),
    ("GET", "/readyz"): Row(ANYONE),
    ("GET", "/health"): Row(ANYONE),
    ("GET", "/api/health"): Row(ANYONE),
    ("GET", "/metrics"): Row(ANYONE),
}
OWN = Row(FARMER, "owner")
SEEN = Row(EVERYONE, "owner or staff")
API = SHARED | {
    ("POST", f"{V1}/auth/sign-up"): Row(ANYONE),
    ("POST", f"{V1}/auth/sign-in"): Row(ANYONE),
    ("GET", f"{V1}/users/me"): Row(EVERYONE),
    ("POST", f"{V1}/users"): Row(ADMINISTRATOR),
    ("GET", f"{V1}/applications"): SEEN,
    ("POST", f"{V1}/applications"): Row(FARMER),
    ("GET", f"{V1}/applications/{{application_id}}"): SEEN,
    ("PATCH", f"{V1}/applications/{{application_id}}"): OWN,
    ("POST", f"{V1}/applications/{{application_id}}/submit"): OWN,
    ("POST", f"{V1}/applications/{{application_id}}/withdraw"): OWN,
    ("GET", f"{V1}/applications/{{application_id}}/documents"): SEEN,
    ("POST", f"{V1}/applications/{{application_id}}/documents"): OWN,
    ("POST", f"{V1}/applications/{{application_id}}/inspections"): Row(INSPECTOR),
    ("POST", f"{V1}/applications/{{application_id}}/decisions"): Row(APPROVER),
    ("GET", f"{V1}/applications/{{application_id}}/history"): SEEN,
    ("GET", f"{V1}/applications/{{application_id}}/certificate"): SEEN,
    ("GET", f"{V1}/documents/{{document_id}}"): SEEN,
    ("GET", f"{V1}/documents/{{document_id}}/content"): SEEN,
    ("GET", f"{V1}/inspections/{{inspection_id}}"): SEEN,
    ("POST", f"{V1}/inspections/{{inspection_id}}/findings"): Row(INSPECTOR, "assigned"),
    ("GET", f"{V1}/ai-qc/status/{{job_id}}"): SEEN,
    ("GET", "/ai-qc/status/{job_id}"): SEEN,
    ("GET", f"{V1}/certificates/{{number}}/pdf"): SEEN,
    ("GET", f"{V1}/public/certificates/{{number}}"): Row(ANYONE),
    ("GET", f"{V1}/openapi"): Row(ANYONE),
    ("GET", f"{V1}/openapi/openapi.json"): Row(ANYONE),
    ("GET", f"{V1}/openapi/{{path}}"): Row(ANYONE),
}
PORTAL = SHARED | {
    ("GET", "/"): Row(ANYONE),
    ("GET", "/verify"): Row(ANYONE),
    ("GET", "/verify/{number}"): Row(ANYONE),
    ("GET", "/static/{name}"): Row(ANYONE),
}


def routes_of(app: Litestar) -> Iterator[tuple[str, str, Any]]:
    """Method, path template and handler of every route that does something."""
    for route in app.routes:
        handlers = getattr(route, "route_handlers", None) or [route.route_handler]
        for handler in handlers:
            for method in sorted(getattr(handler, "http_methods", {"*"})):
                if method != "OPTIONS":  # answers 403: no other origin is served yet
                    yield method, route.path_format, handler


def table_of(app: Litestar) -> dict[tuple[str, str], Row | None]:
    """The table that the routes themselves give; None where a route says nothing."""
    return {
        (method, path): _row(handler.opt.get(ACCESS_KEY))
        for method, path, handler in routes_of(app)
    }


def _row(access: object) -> Row | None:
    if not isinstance(access, Access):
        return None
    roles = None if access.roles is None else frozenset(map(str, access.roles))
    return Row(roles, str(access.ownership))
