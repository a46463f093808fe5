"""The one guard in front of every route: refused unless the route says who may call it."""

from __future__ import annotations

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers.base import BaseRouteHandler

from app.core.edge import MOST_BODY
from app.core.identity import ACCESS_KEY, Access, Caller
from app.errors import Forbidden, Invalid, NotSignedIn, TooLarge

type Connection = ASGIConnection[BaseRouteHandler, Caller | None, str, State]


def requires_access(connection: Connection, handler: BaseRouteHandler) -> None:
    """Application-wide guard. Raises `NotSignedIn` or `Forbidden`; a route without a row is
    refused for everybody."""
    refusal = connection.scope["state"].get("refusal")
    if refusal == "size":
        raise TooLarge(limit=MOST_BODY)
    if refusal == "operator":
        raise Invalid("query", "parameter names without $ or brackets")
    access = handler.opt.get(ACCESS_KEY)
    if not isinstance(access, Access):
        raise Forbidden
    if access.roles is None:
        return
    caller = connection.scope["user"]
    if not isinstance(caller, Caller):
        raise NotSignedIn
    if caller.role not in access.roles:
        raise Forbidden
