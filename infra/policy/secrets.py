"""What looks like a secret: by the property's name, or by the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from infra.policy.model import UNKNOWN, Resource, Secret

_SECRET_FIELD = re.compile(r"password|secretstring|secretbinary|authtoken|privatekey", re.I)
_NOT_A_VALUE = re.compile(r"manageMasterUserPassword|noPasswordRequired|passwordCount|WoVersion$")
_SECRET_TEXT = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\beyJ[\w-]{8,}\.eyJ"
    r"|://[^/\s:@]+:[^@\s/]+@"
)

_MARKS = ("PRIVATE KEY", "AKIA", "eyJ", "://")  # one of them is in each: quicker to look for


def looks_secret(text: str) -> bool:
    """Private keys, AWS access keys, JSON web tokens, addresses with a password in them."""
    return any(mark in text for mark in _MARKS) and bool(_SECRET_TEXT.search(text))


@cache
def _names_secret(path: str) -> bool:
    field = path.rpartition(".")[2]
    return bool(_SECRET_FIELD.search(field)) and not _NOT_A_VALUE.search(path)


def plain_secrets(resource: Resource) -> Iterator[tuple[str, str]]:
    """(path, why) of every value that should be marked secret and isn't."""
    for path, value in _plain_leaves(resource.properties):
        if value in (None, "") or value is UNKNOWN or isinstance(value, bool):
            continue
        if _names_secret(path):
            yield path, "has the name of a secret"
        elif isinstance(value, str) and looks_secret(value):
            yield path, "looks like a secret"


def _plain_leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Secret):
        return
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from _plain_leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _plain_leaves(item, path)
    else:
        yield path, value
