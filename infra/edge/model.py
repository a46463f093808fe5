"""What the edge does, once, as frozen data. The nginx file and, later, the ingress controller's
objects are renderings of it. Figures come from reference.md ("Limits, time limits, pools")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MIB = 1024 * 1024
WEEK_SECONDS = 7 * 24 * 3600
YEAR_SECONDS = 365 * 24 * 3600


class Upstream(StrEnum):
    """Who answers behind the edge."""

    API = "api"
    PORTAL = "portal"


class Match(StrEnum):
    """How a route's path is compared; nginx asks them in this order."""

    EXACT = "exact"
    PATTERN = "pattern"  # a regular expression over the whole path
    PREFIX = "prefix"  # the longest wins


class Answers(StrEnum):
    """For whom an error of the edge's own is written."""

    PROGRAMS = "programs"  # application/problem+json (RFC 9457)
    PEOPLE = "people"  # a small page


class Limit(StrEnum):
    """Named rate limits per client address."""

    API = "api"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`rate` a second or a minute, `burst` more at once without delay, then 429.

    `methods` are those that count; empty counts all.
    """

    rate: int
    per: str  # "s" or "m"
    burst: int
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """`body_bytes` of None means the model's default. A stream is not buffered and may stay silent
    for `Timeouts.stream_seconds`. `cache_seconds` is for files whose name holds a hash."""

    match: Match
    path: str
    upstream: Upstream
    answers: Answers
    limits: tuple[Limit, ...] = ()
    body_bytes: int | None = None
    stream: bool = False
    cache_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Nested: statement 30 s < socket 45 s < application 60 s < edge 65 s."""

    connect_seconds: int = 5
    upstream_seconds: int = 65
    client_seconds: int = 65
    keepalive_seconds: int = 65
    stream_seconds: int = 3600
    # Shorter than the application keeps its side open: else a request meets a closing connection.
    upstream_idle_seconds: int = 30
    # Streams that outlive a reload are cut off then, and resumed by their clients.
    shutdown_seconds: int = 240


@dataclass(frozen=True, slots=True)
class Compression:
    """For what is not compressed yet; the application compresses its own JSON."""

    least_bytes: int = 1024
    level: int = 5
    types: tuple[str, ...] = (
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "application/problem+json",
        "application/xml",
        "image/svg+xml",
        "text/css",
        "text/javascript",
        "text/plain",
        "text/xml",
    )


# OWASP ASVS 5.0, 3.4.1 to 3.4.6. On every answer of every status.
HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Where the application says nothing stricter itself.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data: blob:; object-src 'none'"
)
STRICT_TRANSPORT_SECURITY = f"max-age={YEAR_SECONDS}; includeSubDomains"


@dataclass(frozen=True, slots=True)
class EdgeError:
    """What the edge answers itself.

    `key` ends the problem's type (`urn:gacp:problem:KEY`, as the application writes it); `detail`
    says what to do.
    """

    key: str
    title: str
    detail: str


ERRORS: Mapping[int, EdgeError] = {
    413: EdgeError("too-large", "Body too large", "Send a smaller file: a document has 10 MB."),
    429: EdgeError("too-many-requests", "Too many requests", "Wait some seconds, then try again."),
    502: EdgeError("unreachable", "Bad gateway", "Nobody is answering. Try again in a minute."),
    503: EdgeError("busy", "Service unavailable", "Try again in a minute."),
    504: EdgeError("too-slow", "Gateway timeout", "The answer took too long. Try again later."),
}
RETRY_AFTER_SECONDS: Mapping[int, int] = {429: 12, 502: 10, 503: 10, 504: 30}

# Health of single processes and their measures are nobody's business outside.
HIDDEN = ("/livez", "/metrics", "/readyz")

# A document may have 10 MB; around it stands the multipart form, so the edge lets one more pass
# and the application refuses 10 MB and one byte itself. Bulk routes likewise at 50 MB.
DEFAULT_BODY_BYTES = 10 * MIB
UPLOAD_BODY_BYTES = 11 * MIB
BULK_BODY_BYTES = 51 * MIB

_API = (Limit.API,)
_SIGN_IN = (Limit.API, Limit.SIGN_IN)


def _api(path: str, match: Match = Match.PREFIX, **more: object) -> Route:
    values: dict[str, object] = {"limits": _API, **more}
    return Route(match, path, Upstream.API, Answers.PROGRAMS, **values)  # pyright: ignore[reportArgumentType]


ROUTES: tuple[Route, ...] = (
    # Balancers ask these often: they are cheap and count against nobody.
    _api("/health", Match.EXACT, limits=()),
    _api("/api/health", Match.EXACT, limits=()),
    _api("/api/v1/auth/sign-in", Match.EXACT, limits=_SIGN_IN),
    Route(Match.EXACT, "/auth/sign-in", Upstream.PORTAL, Answers.PEOPLE, limits=(Limit.SIGN_IN,)),
    _api(
        r"^/api(/v1)?/applications/[^/]+/documents/?$",
        Match.PATTERN,
        body_bytes=UPLOAD_BODY_BYTES,
    ),
    _api("/api/v1/imports/", body_bytes=BULK_BODY_BYTES),
    _api("/api/v1/monitoring/stream", stream=True),
    _api("/api/v1/notifications/socket", stream=True),
    _api("/api/"),
    _api("/ai-qc/"),
    Route(Match.PREFIX, "/static/", Upstream.PORTAL, Answers.PEOPLE, cache_seconds=WEEK_SECONDS),
    Route(Match.PREFIX, "/", Upstream.PORTAL, Answers.PEOPLE),
)


@dataclass(frozen=True, slots=True)
class EdgeModel:
    """The whole edge. Vary it with `dataclasses.replace`; nothing else decides what it does."""

    routes: tuple[Route, ...] = ROUTES
    hidden: tuple[str, ...] = HIDDEN
    limits: Mapping[Limit, RateLimit] = field(
        default_factory=lambda: {
            Limit.API: RateLimit(100, "s", 50),
            Limit.SIGN_IN: RateLimit(5, "m", 4, methods=("POST",)),
        }
    )
    headers: Mapping[str, str] = field(default_factory=lambda: dict(HEADERS))
    content_security_policy: str = CONTENT_SECURITY_POLICY
    strict_transport_security: str = STRICT_TRANSPORT_SECURITY
    errors: Mapping[int, EdgeError] = field(default_factory=lambda: dict(ERRORS))
    retry_after_seconds: Mapping[int, int] = field(
        default_factory=lambda: dict(RETRY_AFTER_SECONDS)
    )
    body_bytes: int = DEFAULT_BODY_BYTES
    timeouts: Timeouts = field(default_factory=Timeouts)
    compression: Compression = field(default_factory=Compression)
    worker_connections: int = 2048
    upstream_keepalive: int = 32
    # An upstream that fails this often in this time leaves the rotation for as long.
    upstream_failures: int = 3
    upstream_failure_seconds: int = 5
    trusted_proxies: tuple[str, ...] = ()
    # Of several addresses in X-Forwarded-For the last is the client's, trusted range or not.
    nearest_proxy_only: bool = False
