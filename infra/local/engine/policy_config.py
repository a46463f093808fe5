"""What a policy pack is set to: the pack's own defaults, then its file of --policy-pack-config.

Rules as in the CLI (`pkg/resource/analyzer/config.go`): the file maps a policy's name, or `all`,
to a level or to an object with `enforcementLevel` and the policy's own properties.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.engine.errors import EngineError
from infra.local.engine.policy_schema import Schema, problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVELS = ("advisory", "mandatory", "disabled", "remediate")
"""In the order of the protocol's numbers."""


@dataclass(frozen=True)
class Setting:
    """Of one policy. An empty level leaves the level as it was."""

    level: str = ""
    properties: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Policy:
    """What a pack says of one policy. `kind` is resource, stack, or empty from an old pack."""

    name: str
    kind: str
    level: str
    schema: Schema | None = None
    severity: str = ""


def read_file(path: str) -> dict[str, Setting]:
    """Raises EngineError that names the file, the key and what may stand there."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(f"--policy-pack-config {path} can't be read: {error}") from error
    if not text.strip():
        return {}
    try:
        document = json.loads(text)
    except ValueError as error:
        raise EngineError(f"--policy-pack-config {path} is no valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise EngineError(
            f"--policy-pack-config {path} must hold an object of policies, "
            f"not {type(document).__name__}"
        )
    if document.pop("environments", None):
        raise EngineError(
            f"--policy-pack-config {path} names ESC `environments`, which a file backend does not "
            "have: write the values into the file"
        )
    found = {name: _setting(name, value, path) for name, value in document.items()}
    return {name: setting for name, setting in found.items() if setting != Setting()}


def _setting(name: str, value: Any, path: str) -> Setting:
    if isinstance(value, str):
        return Setting(_level(name, value, path))
    if isinstance(value, dict):
        properties = dict(value)
        level = properties.pop("enforcementLevel", None)
        return Setting("" if level is None else _level(name, level, path), properties)
    raise EngineError(
        f"--policy-pack-config {path}: parsing {json.dumps(name)}: {json.dumps(value)} is not a "
        "valid value; must be a string or object"
    )


def _level(name: str, level: Any, path: str) -> str:
    if level not in LEVELS:
        raise EngineError(
            f"--policy-pack-config {path}: parsing enforcement level for {json.dumps(name)}: "
            f"{json.dumps(level)} is not a valid enforcement level; it is one of "
            f"{', '.join(LEVELS)}"
        )
    return level


def settle(policies: Sequence[Policy], *layers: Mapping[str, Setting]) -> dict[str, Setting]:
    """The settings in force: defaults of the schemas, then each layer over the one before it."""
    result = {policy.name: Setting(policy.level, _defaults(policy)) for policy in policies}
    for layer in layers:
        everywhere = layer.get("all", Setting()).level
        if everywhere:
            result = {name: Setting(everywhere, old.properties) for name, old in result.items()}
        for name, given in layer.items():
            old = result.get(name, Setting())
            merged = {**old.properties, **given.properties}
            result[name] = Setting(given.level or old.level, merged)
    return result


def _defaults(policy: Policy) -> dict[str, Any]:
    declared = (policy.schema or {}).get("properties", {})
    return {key: schema["default"] for key, schema in declared.items() if "default" in schema}


def refusals(policies: Sequence[Policy], settings: Mapping[str, Setting]) -> list[str]:
    """`policy: field: what is wrong` for each setting that the policy's schema does not allow."""
    return [
        f"{policy.name}: {text}"
        for policy in sorted(policies, key=lambda p: p.name)
        if policy.schema is not None
        for text in problems(policy.schema, settings[policy.name].properties)
    ]


def unknown_names(policies: Sequence[Policy], given: Mapping[str, Setting]) -> list[str]:
    """Names in the file that the pack has no policy for: most likely typing errors."""
    return sorted(set(given) - {policy.name for policy in policies} - {"all"})
