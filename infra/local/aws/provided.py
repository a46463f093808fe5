"""What the provider for AWS says of each type (`data/provider.json`, frozen from its source).

`python -m infra.local.aws verify-sources GIT_DIR --write` makes the file; `provenance/` reads the
source, `provenance/facts.py` says what facts there are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data/provider.json"

type Facts = Mapping[str, Any]


@cache
def provided() -> Mapping[str, Any]:
    """The whole file: where the facts are from, and the types."""
    return json.loads(FILE.read_text("utf-8"))


def attributes(token: str) -> Mapping[str, Facts]:
    """Facts by path (`rules[*].filter.prefix`); none for a type without a row."""
    found: Mapping[str, Any] = provided()["types"].get(token, {})
    return found.get("attributes", {})


def source_of(token: str, path: str) -> str:
    """Where a fact stands, for a message."""
    where = provided()["types"][token]["at"]
    return f"terraform-provider-aws {provided()['version']} {where}, {path}"


@cache
def sets(token: str) -> frozenset[str]:
    """Paths without indices at which a list has no order (Terraform's sets)."""
    found = (path for path, facts in attributes(token).items() if facts.get("set"))
    return frozenset(re.sub(r"\[\*\]", "", path) for path in found)


def nested_defaults(token: str) -> Mapping[str, Any]:
    """Defaults below the top: path → value."""
    return {
        path: facts["default"]
        for path, facts in attributes(token).items()
        if "default" in facts and re.search(r"[.\[]", path)
    }
