"""Resources as the state keeps them (deployment version 3)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.local.engine.values import Properties, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


@dataclass(eq=False, slots=True)
class Resource:
    """One entry of the state. Names and order are those of the file (ResourceV3)."""

    urn: str
    type: str
    custom: bool = True
    delete: bool = False
    id: str = ""
    inputs: Properties = field(default_factory=dict[str, Any])
    outputs: Properties = field(default_factory=dict[str, Any])
    parent: str = ""
    protect: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list[str])
    initErrors: list[str] = field(default_factory=list[str])  # noqa: N815 - the file's name
    provider: str = ""
    propertyDependencies: dict[str, list[str]] = field(default_factory=dict[str, list[str]])  # noqa: N815
    pendingReplacement: bool = False  # noqa: N815
    additionalSecretOutputs: list[str] = field(default_factory=list[str])  # noqa: N815
    aliases: list[str] = field(default_factory=list[str])
    customTimeouts: dict[str, float] = field(default_factory=dict[str, float])  # noqa: N815
    importID: str = ""  # noqa: N815
    retainOnDelete: bool = False  # noqa: N815
    deletedWith: str = ""  # noqa: N815
    created: str = ""
    modified: str = ""
    sourcePosition: str = ""  # noqa: N815
    ignoreChanges: list[str] = field(default_factory=list[str])  # noqa: N815
    replaceOnChanges: list[str] = field(default_factory=list[str])  # noqa: N815
    rest: dict[str, Any] = field(default_factory=dict[str, Any])
    """What newer engines wrote and this one does not know: kept as it is."""

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[3]

    @property
    def is_provider(self) -> bool:
        return self.type.startswith(PROVIDER_PREFIX)

    @property
    def is_default_provider(self) -> bool:
        """The engine's own business: shown in events, not in counts or the display."""
        return self.is_provider and self.name.startswith("default")

    @property
    def reference(self) -> str:
        return f"{self.urn}::{self.id}"

    def needs(self) -> list[str]:
        """URNs that must outlive this resource."""
        found = [
            *self.dependencies,
            *(u for urns in self.propertyDependencies.values() for u in urns),
        ]
        if self.parent:
            found.append(self.parent)
        if self.provider:
            found.append(self.provider.rpartition("::")[0])
        if self.deletedWith:
            found.append(self.deletedWith)
        return found

    def become(self, other: Resource) -> None:
        """Take over everything that another one says."""
        for name in (f.name for f in fields(self)):
            setattr(self, name, getattr(other, name))

    def copy(self, **changes: Any) -> Resource:
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return Resource(**{**values, **changes})


_NAMES = tuple(f.name for f in fields(Resource) if f.name != "rest")
_ALWAYS = {"urn", "custom", "type"}


def to_json(resource: Resource, encrypt: Callable[[str], str]) -> dict[str, Any]:
    """The entry of the file, secrets encrypted."""
    out: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(resource, name)
        if name in ("inputs", "outputs"):
            value = seal(value, encrypt)
        if value or name in _ALWAYS:
            out[name] = value
    return out | resource.rest


def from_json(data: Mapping[str, Any], decrypt: Callable[[str], str]) -> Resource:
    """Raises KeyError where urn or type is missing."""
    known = {key: data[key] for key in _NAMES if data.get(key) is not None}
    for name in ("inputs", "outputs"):
        if name in known:
            known[name] = unseal(known[name], decrypt)
    known.setdefault("custom", False)
    known["urn"], known["type"] = data["urn"], data["type"]
    rest = {key: value for key, value in data.items() if key not in _NAMES}
    return Resource(**known, rest=rest)
