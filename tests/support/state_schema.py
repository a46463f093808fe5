"""The JSON schema of the state, the Pulumi CLI's own (`tests/engine/schemas`)."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema
import referencing

SCHEMAS = Path(__file__).parents[1] / "engine/schemas"

_TIME = {"type": "string", "format": "date-time"}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_UNLISTED = {
    "created": _TIME,
    "modified": _TIME,
    "sourcePosition": {"type": "string"},
    "retainOnDelete": {"type": "boolean"},
    "deletedWith": {"type": "string"},
    "ignoreChanges": _TEXTS,
    "replaceOnChanges": _TEXTS,
}
"""What the CLI writes of a resource, in the recordings too, and its schema does not know yet (types
as in ResourceV3 of `sdk/go/common/apitype/core.go`)."""


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    documents = [
        json.loads((SCHEMAS / f"{name}.json").read_text())
        for name in ("deployments", "resources", "property-values")
    ]
    documents[1]["$defs"]["resourceV3"]["properties"] |= _UNLISTED
    registry = referencing.Registry().with_resources(
        (document["$id"], referencing.Resource.from_contents(document)) for document in documents
    )
    return jsonschema.Draft202012Validator(
        documents[0], registry=registry, format_checker=jsonschema.FormatChecker()
    )


def problems(exported: dict[str, Any]) -> list[str]:
    """What the schema does not allow in the output of `stack export`, with where it stands."""
    return [
        f"{found.json_path}: {found.message[:300]}"
        for error in _validator().iter_errors(exported)
        for found in [jsonschema.exceptions.best_match([error])]
    ]
