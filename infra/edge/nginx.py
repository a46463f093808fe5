"""The edge model as an nginx configuration (1.22 and newer)."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.edge.model import EdgeError, EdgeModel, Match, Route, Upstream

# Pages for people name the trouble in both languages of the portals.
_THAI: Mapping[int, tuple[str, str]] = {
    404: ("ไม่พบหน้านี้", "ตรวจสอบที่อยู่อีกครั้ง"),
    413: ("ไฟล์ใหญ่เกินไป", "กรุณาส่งไฟล์ที่เล็กกว่า 10 MB"),
    429: ("มีคำขอมากเกินไป", "กรุณารอสักครู่แล้วลองใหม่"),
    502: ("ระบบไม่ตอบสนอง", "กรุณาลองใหม่ในอีกหนึ่งนาที"),
    503: ("ระบบไม่พร้อมใช้งาน", "กรุณาลองใหม่ในอีกหนึ่งนาที"),
    504: ("ระบบตอบช้าเกินไป", "กรุณาลองใหม่ในอีกหนึ่งนาที"),
}
_NOT_FOUND = EdgeError("not-found", "Page not found", "Check the address.")

# The edge says these itself, or nobody should.
_NOT_PASSED_ON = (
    "Server",
    "X-Powered-By",
    "X-Request-Id",
    "Content-Security-Policy",
    "Strict-Transport-Security",
)


class EdgeRenderingError(ValueError):
    """The model and what was given to render it with don't agree."""


@dataclass(frozen=True, slots=True)
class NginxPaths:
    """Files and folders, relative to nginx's prefix or absolute. Folders have to exist."""

    pid: str = "nginx.pid"
    error_log: str = "logs/error.log"
    access_log: str = "logs/access.log"
    temp: str = "temp"


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files; `redirect_from` is an address whose requests are sent to HTTPS.

    `challenge_folder` holds ACME's answers, served on the redirecting address.
    """

    certificate: str
    key: str
    redirect_from: tuple[str, int] | None = None
    challenge_folder: str | None = None


def render_nginx(
    model: EdgeModel,
    upstreams: Mapping[str, Sequence[tuple[str, int]]] | None,
    listen: tuple[str, int],
    tls: Tls | None = None,
    paths: NginxPaths | None = None,
    run_as: str | None = None,
) -> str:
    """The whole configuration, for `nginx -p PREFIX -c FILE -g 'daemon off;'`.

    `upstreams` gives the (host, port) pairs of every upstream of the model; None where they change
    while nginx runs: then `UPSTREAM.servers` beside the file has a `server_line` for each.
    `run_as` names the user of the workers where root starts nginx; as another user nginx ignores
    it with a warning. Raises `EdgeRenderingError` where an upstream has no server.
    """
    for name in Upstream:
        if upstreams is not None and not upstreams.get(name):
            raise EdgeRenderingError(
                f"upstream {name} has no server: give at least one (host, port)"
            )
    template = _environment().get_template("nginx.conf.j2")
    return template.render(
        model=model,
        upstreams={
            str(name): [server_line(model, *server) for server in upstreams[name]]
            if upstreams is not None
            else [f"include {name}.servers;"]
            for name in Upstream
        },
        listen=listen,
        tls=tls,
        paths=paths or NginxPaths(),
        run_as=run_as,
        hidden_headers=(*_NOT_PASSED_ON, *model.headers),
        problems={code: _problem(model, code) for code in model.errors},
        pages={code: _page(model, code) for code in (*model.errors, 404)},
    )


def server_line(model: EdgeModel, host: str, port: int) -> str:
    """One server of an upstream."""
    return (
        f"server {host}:{port} max_fails={model.upstream_failures} "
        f"fail_timeout={model.upstream_failure_seconds}s;"
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - an nginx file, not HTML; pages are escaped where made
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = quoted
    environment.filters["location"] = location
    return environment


def quoted(value: str) -> str:
    """An nginx string. Variables in it are nginx's to fill."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def location(route: Route) -> str:
    """The head of a route's location block."""
    if route.match is Match.EXACT:
        return f"= {route.path}"
    if route.match is Match.PATTERN:
        return f'~ "{route.path}"'
    return route.path


def _problem(model: EdgeModel, code: int) -> str:
    error = model.errors[code]
    return json.dumps(
        {
            "type": f"urn:gacp:problem:{error.key}",
            "title": error.title,
            "status": code,
            "detail": error.detail,
            "requestId": "$request_id",
        }
    )


def _page(model: EdgeModel, code: int) -> str:
    error = model.errors.get(code, _NOT_FOUND)
    title, detail = error.title, error.detail
    thai_title, thai_detail = _THAI.get(code, (title, detail))
    lines = (
        '<!doctype html><html lang="th"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{code} {html.escape(title)}</title></head><body>",
        f"<h1>{html.escape(thai_title)}</h1><p>{html.escape(thai_detail)}</p>",
        f'<div lang="en"><h2>{html.escape(title)}</h2><p>{html.escape(detail)}</p></div>',
        "<p><small>$request_id</small></p></body></html>",
    )
    return "".join(lines)
