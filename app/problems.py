"""Refusals as RFC 9457 problems, in the caller's language. Nothing internal leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.core.identity import Language
from app.core.storage import ObjectMissingError, StorageUnavailableError
from app.core.texts import preferred_language, text
from app.errors import Busy, DomainError

MEDIA_TYPE = "application/problem+json"
# Stable and not resolvable: a URN says what it is without promising a page (RFC 9457 3.1.1).
TYPE_PREFIX = "urn:gacp:problem:"

# Litestar's own refusals: the status is the cause.
_BY_STATUS = {
    400: "malformed",
    401: "not-signed-in",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "type-not-allowed",
    429: "too-many-requests",
    503: "busy",
}
_STATUS_VALUES: Mapping[str, Mapping[str, object]] = {
    "too-large": {"limit": "1 MiB"},
    "type-not-allowed": {"allowed": "application/json"},
}

_log = structlog.stdlib.get_logger("app.problems")

type AnyRequest = Request[Any, Any, Any]


def language_of(request: AnyRequest, default: Language = Language.ENGLISH) -> Language:
    """The language to answer in."""
    return preferred_language(request.headers.get("accept-language"), default)


def problem(
    request: AnyRequest,
    key: str,
    status: int,
    *,
    values: Mapping[str, object] | None = None,
    members: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """The answer for problem `key` of the catalogue."""
    language = language_of(request)
    filled = {
        name: text(language, str(value)) if name == "reason" else value
        for name, value in (values or {}).items()
    }
    body = {
        "type": TYPE_PREFIX + key,
        "title": text(language, f"problem.{key}.title"),
        "status": status,
        "detail": text(language, f"problem.{key}.detail", **filled),
        "requestId": request.scope["state"].get("request_id", ""),
        **(members or {}),
    }
    return Response(
        content=msgspec.json.encode(body),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={
            "Content-Language": language.value,
            "Cache-Control": "no-store",
            **(headers or {}),
        },
    )


def on_domain_error(request: AnyRequest, error: DomainError) -> Response[bytes]:
    """A refusal of ours."""
    return problem(
        request,
        error.key,
        error.status,
        values=error.values,
        members=error.members,
        headers=error.headers,
    )


def on_http_exception(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """A refusal of the framework: routing, decoding, validation."""
    if isinstance(error, ValidationException):
        return _invalid(request, error)
    key = _BY_STATUS.get(error.status_code)
    if key is None:
        return on_any_error(request, error)
    kept = {k: v for k, v in (error.headers or {}).items() if k.lower() in ("allow", "retry-after")}
    return problem(
        request, key, error.status_code, values=_STATUS_VALUES.get(key, {}), headers=kept
    )


def _invalid(request: AnyRequest, error: ValidationException) -> Response[bytes]:
    entries: list[Any] = error.extra if isinstance(error.extra, list) else []
    faults = [
        {"field": str(entry.get("key", "")) or "body", "rule": str(entry.get("message", ""))}
        for entry in entries
        if isinstance(entry, dict)
    ]
    if not faults:
        faults = [_fault_of(error.detail)]
    first = faults[0]
    return problem(request, "invalid", 422, values=first, members={"errors": faults})


def _fault_of(message: str) -> dict[str, str]:
    """Field and rule in a msgspec message such as ``Expected `str` - at `$.farm.name` ``."""
    found = re.search(r"^(?P<rule>.*?) - at `\$\.?(?P<field>[^`]*)`", message)
    if found is None:
        return {"field": "body", "rule": message}
    return {"field": found["field"] or "body", "rule": found["rule"]}


def on_unreachable(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Database, Redis or object storage failed: the caller may try again."""
    _log.error("dependency failed", kind=type(error).__name__, exc_info=error)
    return on_domain_error(request, Busy())


def on_any_error(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A fault of ours: logged in full, told in one sentence with the request id."""
    _log.error("unhandled", kind=type(error).__name__, exc_info=error)
    return problem(request, "internal", 500)


# What a dependency that does not answer raises.
UNREACHABLE = (
    PyMongoError,
    RedisError,
    StorageUnavailableError,
    ObjectMissingError,
    TimeoutError,
)

HANDLERS: dict[Any, Any] = {
    DomainError: on_domain_error,
    HTTPException: on_http_exception,
    **dict.fromkeys(UNREACHABLE, on_unreachable),
    Exception: on_any_error,
}
