"""The reference page of the configuration, generated from the structs.

`python -m infra.config.reference` writes it anew; a test compares the two.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from enum import EnumMeta, StrEnum
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.config.keys import leaves, plain, spec_of
from infra.config.profiles import PRESETS, SHAPES
from infra.config.rules import ANYTHING
from infra.config.settings import AwsConfig, StackConfig

FILE = Path(__file__).parents[2] / "docs/configuration.md"
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - Markdown from our own structs
    trim_blocks=True,
    keep_trailing_newline=True,
)


def reference_text() -> str:
    """The text of `FILE`."""
    sections: dict[str, list[str]] = {}
    for cls, prefix in ((StackConfig, "gacp:"), (AwsConfig, "aws:")):
        for key, hint, field in leaves(cls, prefix):
            section = key.partition(".")[0] if "." in key else prefix.rstrip(":")
            sections.setdefault(section, []).append(_row(key, hint, field))
    return TEMPLATES.get_template("reference.md.j2").render(sections=sections)


def _row(key: str, hint: Any, field: dataclasses.Field[Any]) -> str:
    spec = spec_of(field)
    cells = (f"`{key}`", _must_be(hint, field), _default(key, field), spec.doc)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _must_be(hint: Any, field: dataclasses.Field[Any]) -> str:
    if isinstance(hint, EnumMeta):
        return ", ".join(f"`{member}`" for member in cast("type[StrEnum]", hint))
    rule = spec_of(field).rule
    if hint is bool:
        return "`true` or `false`"
    if rule is ANYTHING:
        return "a list of texts" if isinstance(hint, types.GenericAlias) else "text"
    return rule.says


def _default(key: str, field: dataclasses.Field[Any]) -> str:
    required = field.default is dataclasses.MISSING
    own = "*to be given*" if required else _code(plain(field.default))
    tables = {
        **{str(environment): table for environment, table in PRESETS.items()},
        **{f"{where}/{profile}": table for (where, profile), table in SHAPES.items()},
    }
    differing = [
        f"{name}: {_code(value)}"
        for name, table in tables.items()
        if (value := _at(table, key)) is not None
    ]
    return "; ".join([own, *differing])


def _at(preset: Mapping[str, object], key: str) -> object:
    node: Any = preset
    for part in key.removeprefix("gacp:").split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def _code(value: object) -> str:
    return f"`{json.dumps(value)}`" if not isinstance(value, str) or not value else f"`{value}`"


if __name__ == "__main__":
    FILE.write_text(reference_text(), encoding="utf-8")
