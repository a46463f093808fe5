"""How CloudFront handles requests, as plain data in the SDK's words."""

from __future__ import annotations

from typing import Any

from infra.edge.model import EdgeModel, Match

ORIGIN = "edge"
# AWS's own policies, by their ids:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
NOT_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
AS_ORIGIN_SAYS = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # CachingOptimized
# AllViewer: Host too, so that the origin's certificate is asked for by the name that viewers use. A
# foreign distribution, whose Host is its own, then finds no certificate that fits.
WHOLE_REQUEST = "216adef6-5c7f-47e4-b989-5492eafa07d3"
READ = ["GET", "HEAD"]
EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
# The outermost time limit waits longest (Timeouts); idle connections end before nginx ends them.
MORE_SECONDS = 5
# Fields of the logs: not the query and not cookies, which nginx leaves out too.
LOG_FIELDS = (
    *("timestamp(ms)", "x-edge-location", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem"),
    *("sc-status", "sc-bytes", "cs-bytes", "time-taken", "cs(User-Agent)", "x-edge-result-type"),
    *("x-edge-detailed-result-type", "x-edge-request-id", "cs-protocol", "cs-protocol-version"),
    *("ssl-protocol", "ssl-cipher", "time-to-first-byte"),
)


def origin(name: str, model: EdgeModel) -> dict[str, Any]:
    """The machine or the balancer, over TLS alone."""
    times = model.timeouts
    return {
        "origin_id": ORIGIN,
        "domain_name": name,
        "connection_attempts": 2,
        "connection_timeout": times.connect_seconds,
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": ["TLSv1.2"],
            "origin_read_timeout": times.upstream_seconds + MORE_SECONDS,
            "origin_keepalive_timeout": times.keepalive_seconds - MORE_SECONDS,
        },
    }


def default_behaviour() -> dict[str, Any]:
    """Everything but static files: passed on as it is, and kept nowhere."""
    return _behaviour(EVERY_METHOD, NOT_CACHED)


def cached_behaviours(model: EdgeModel) -> list[dict[str, Any]]:
    """Files whose name holds a hash, as long as nginx says (Cache-Control)."""
    return [
        {
            "path_pattern": f"{route.path}*" if route.match is Match.PREFIX else route.path,
            **_behaviour(READ, AS_ORIGIN_SAYS),
            "compress": True,
        }
        for route in model.routes
        if route.cache_seconds
    ]


def _behaviour(methods: list[str], cache_policy: str) -> dict[str, Any]:
    # No response headers policy: security headers are the model's, and nginx writes them on every
    # answer. Two places that write them would differ one day.
    return {
        "target_origin_id": ORIGIN,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": methods,
        "cached_methods": READ,
        "cache_policy_id": cache_policy,
        "origin_request_policy_id": WHOLE_REQUEST,
    }
