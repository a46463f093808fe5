"""HTML pages from templates, in Thai or English."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import minijinja
from litestar import Request, Response

from app.assets import static_url
from app.core.identity import Language
from app.core.texts import text

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> minijinja.Environment:
    """Templates under `app/templates`: escaped, and strict about undefined names."""
    made = minijinja.Environment(
        loader=_load, undefined_behavior="strict", auto_escape_callback=lambda _name: True
    )
    made.add_global("static", _static)
    return made


def _static(name: str) -> str:
    return minijinja.safe(static_url(name))


def _load(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def asked_language(request: Request[Any, Any, Any]) -> Language:
    """The language in `?lang=`; Thai for none or an unknown one."""
    asked = request.query_params.get("lang", Language.THAI.value)
    return Language(asked) if asked in list(Language) else Language.THAI


def page(
    request: Request[Any, Any, Any],
    template: str,
    title: str,
    *,
    status: int = 200,
    **values: Any,
) -> Response[str]:
    """A whole page. `title` is plain text; `values` are for the template."""
    language = asked_language(request)
    other = Language.ENGLISH if language is Language.THAI else Language.THAI
    html = environment().render_template(
        f"portal/{template}.html",
        **{
            "lang": language.value,
            "other": other.value,
            "path": minijinja.safe(quote(request.url.path)),
            "title": title,
            "number": "",
            "t": partial(text, language),
            **values,
        },
    )
    return Response(
        html,
        status_code=status,
        media_type="text/html",
        headers={"Content-Language": language.value, "Cache-Control": "no-cache"},
    )
