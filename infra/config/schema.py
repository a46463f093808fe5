"""The JSON schema of a stack file, generated from the structs for editors.

`python -m infra.config.schema` writes it anew beside this module; a test compares the two.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from enum import EnumMeta, StrEnum
from pathlib import Path
from typing import Any, cast

from infra.config.keys import plain, spec_of, wire_name
from infra.config.rules import PLACEHOLDER
from infra.config.settings import AwsConfig, StackConfig

FILE = Path(__file__).with_name("stack.schema.json")

_KINDS = {str: "string", int: "integer", bool: "boolean"}


def stack_file_schema() -> dict[str, object]:
    """Schema of `Pulumi.STACK.yaml` (JSON Schema 2020-12). Keys of other namespaces are let be."""
    properties = {
        **_properties(StackConfig, "gacp:"),
        **_properties(AwsConfig, "aws:"),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stack file of the GACP platform",
        "type": "object",
        "properties": {
            "secretsprovider": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "encryptionsalt": {"type": "string"},
            "config": {
                "type": "object",
                "properties": properties,
                # Misspelt keys of our own namespace are errors; other providers' keys are theirs.
                "patternProperties": {"^(?!gacp:)[a-z-]+:": {}},
                "additionalProperties": False,
            },
        },
    }


def _properties(cls: type[Any], prefix: str = "") -> dict[str, object]:
    hints = typing.get_type_hints(cls)
    return {
        prefix + wire_name(field.name): _of(hints[field.name], field)
        for field in dataclasses.fields(cls)
    }


def _of(hint: Any, declared: dataclasses.Field[Any]) -> dict[str, object]:
    spec = spec_of(declared)
    if dataclasses.is_dataclass(hint):
        return {
            "type": "object",
            "description": spec.doc,
            "properties": _properties(cast("type[Any]", hint)),
            "additionalProperties": False,
        }
    described: dict[str, object] = {"description": spec.doc}
    if declared.default is not dataclasses.MISSING:
        described["default"] = plain(declared.default)
    value: dict[str, object]
    if isinstance(hint, EnumMeta):
        members = [str(member) for member in cast("type[StrEnum]", hint)]
        value = {"type": "string", "enum": members}
    elif isinstance(hint, types.GenericAlias):
        value = {"type": "array", **spec.rule.schema}
    else:
        value = {"type": _KINDS[hint], **spec.rule.schema}
    if spec.example is not None:  # only the owner knows it: the placeholder is legal in a draft
        blank = [PLACEHOLDER] if isinstance(hint, types.GenericAlias) else PLACEHOLDER
        value = {"anyOf": [value, {"const": blank}]}
    return {**described, **value}


def schema_text() -> str:
    """The text of `FILE`."""
    return json.dumps(stack_file_schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema_text(), encoding="utf-8")
