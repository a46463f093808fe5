"""Structured logs with request and job ids, without secrets and personal data; metrics."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "gacp_http_requests",
    "Requests answered",
    ("method", "route", "status"),
    registry=REGISTRY,
)
# Seconds; the edges lie where the promises are (50, 100, 200, 500 ms).
DURATION = Histogram(
    "gacp_http_request_seconds",
    "Time to answer",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30),
    registry=REGISTRY,
)
IN_FLIGHT = Gauge("gacp_http_requests_in_flight", "Requests being answered", registry=REGISTRY)

REDACTED = "[redacted]"
_SENSITIVE = frozenset(
    {
        "password",
        "passwordhash",
        "secret",
        "token",
        "accesstoken",
        "authorization",
        "cookie",
        "jwtsecret",
        "metricstoken",
        "email",
        "to",
        "name",
        "phone",
        "address",
        "latitude",
        "longitude",
        "position",
        "reason",
        "body",
    }
)
# Tokens (three base64url parts) and e-mail addresses inside longer texts; URIs with a password.
_PATTERNS = (
    re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"\$argon2\w+\$\S+"),
)

type Event = MutableMapping[str, Any]


def redact(_logger: object, _method: str, event: Event) -> Event:
    """Replace secrets and personal data, by key at any depth and by pattern in any text."""
    for key in event:
        event[key] = _clean(key, event[key])
    return event


def _clean(key: str, value: object) -> object:
    if key.lower().replace("_", "").replace("-", "") in _SENSITIVE:
        return REDACTED
    if isinstance(value, str):
        for pattern in _PATTERNS:
            value = pattern.sub(REDACTED, value)
        return value
    if isinstance(value, dict):
        return {str(name): _clean(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", inner) for inner in value]
    return value


def _as_json(event: object, **_options: object) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def configure_logging(level: str, style: str, role: str) -> None:
    """Send every log line, ours and the libraries', to standard output.

    `level` is debug to error, `style` json or text, `role` names the process (api, worker, …).
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        redact,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_as_json)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # What these say below warning is about their own connections, once a heartbeat.
    for noisy in ("pymongo", "botocore", "boto3", "urllib3", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(role=role)


def register_process_metrics() -> None:
    """Add memory, processor and collector figures of this process to `REGISTRY`, once."""
    ProcessCollector(registry=REGISTRY)
    PlatformCollector(registry=REGISTRY)
    GCCollector(registry=REGISTRY)
