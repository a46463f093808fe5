"""Static files under names that hold their content's hash, so that browsers may keep them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from app.core.identity import allows_anyone
from app.errors import NotFound

HERE = Path(__file__).parent
SOURCES = (HERE / "static", HERE / "fonts")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
# requirements.md, I7: hashed static files for 7 days.
CACHE_CONTROL = "public, max-age=604800, immutable"
_PLACE = re.compile(r"\{\{([\w.-]+)\}\}")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    url: str
    body: bytes
    content_type: str


def load_assets() -> dict[str, Asset]:
    """Every static file by its plain name. `{{name}}` in a style sheet becomes that file's URL."""
    assets: dict[str, Asset] = {}
    files = [path for folder in SOURCES for path in sorted(folder.iterdir())]
    # Style sheets last: their content holds the others' names.
    for path in sorted(files, key=lambda path: path.suffix == ".css"):
        if path.suffix not in TYPES:
            continue
        body = path.read_bytes()
        if path.suffix == ".css":
            body = _PLACE.sub(lambda found: assets[found[1]].url, body.decode()).encode()
        digest = hashlib.sha256(body).hexdigest()[:12]
        url = f"/static/{path.stem}.{digest}{path.suffix}"
        assets[path.name] = Asset(url, body, TYPES[path.suffix])
    return assets


ASSETS = load_assets()
_BY_URL = {asset.url: asset for asset in ASSETS.values()}


def static_url(name: str) -> str:
    """Where a static file is served. Raises `KeyError` for one that is not there."""
    return ASSETS[name].url


@get("/static/{name:str}", opt=allows_anyone(), include_in_schema=False, sync_to_thread=False)
def static_file(name: FromPath[str]) -> Response[bytes]:
    """A static file by its hashed name."""
    asset = _BY_URL.get(f"/static/{name}")
    if asset is None:
        raise NotFound
    return Response(
        asset.body,
        media_type=asset.content_type,
        headers={"Cache-Control": CACHE_CONTROL, "Access-Control-Allow-Origin": "*"},
    )
