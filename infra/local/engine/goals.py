"""Translates the program's requests into goals, and refuses by name what is not offered."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from infra.local.engine import planner
from infra.local.engine.planner import Goal
from infra.local.engine.state import PROVIDER_PREFIX, Resource
from infra.local.engine.values import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi.runtime.proto import alias_pb2, resource_pb2, source_pb2


class Translator:
    """Knows the names of the stack, what was `registered` by URN, and the old URN of what was
    renamed by its new one."""

    def __init__(
        self,
        names: tuple[str, str],
        root: Path,
        registered: Mapping[str, Resource],
        old_urns: Mapping[str, str],
    ) -> None:
        self._stack, self._project = names
        self._root = root
        self._registered = registered
        self._old_urns = old_urns

    def goal(self, request: resource_pb2.RegisterResourceRequest) -> Goal:
        urn = self._urn(request.parent, request.type, request.name)
        timeouts = request.customTimeouts
        times = {k: _seconds(getattr(timeouts, k)) for k in ("create", "update", "delete")}
        new = Resource(
            urn,
            request.type,
            custom=request.custom,
            inputs=decode(request.object),
            parent=request.parent,
            protect=request.protect,
            dependencies=sorted(set(request.dependencies)),
            provider=request.provider,
            propertyDependencies={
                key: sorted(set(value.urns)) for key, value in request.propertyDependencies.items()
            },
            additionalSecretOutputs=sorted(request.additionalSecretOutputs),
            customTimeouts={k: v for k, v in times.items() if v},
            retainOnDelete=request.retainOnDelete,
            deletedWith=request.deletedWith,
            sourcePosition=self._position(request.sourcePosition),
            ignoreChanges=list(request.ignoreChanges),
            replaceOnChanges=list(request.replaceOnChanges),
            importID=request.importId,
            rest={"version": request.version},
        )
        if not request.custom or request.type.startswith(PROVIDER_PREFIX):
            new.rest.clear()
            if request.version and request.custom:
                new.inputs["version"] = request.version
        self._inherit(request, new)
        first = request.deleteBeforeReplace
        return Goal(
            new,
            first if request.deleteBeforeReplaceDefined or first else None,
            tuple(self._aliases(request)),
        )

    def _inherit(self, request: resource_pb2.RegisterResourceRequest, new: Resource) -> None:
        """What a child does not say for itself, its parent says (`source_eval.go`)."""
        parent = self._registered.get(new.parent)
        if parent is None:
            return
        new.deletedWith = new.deletedWith or parent.deletedWith
        if not request.HasField("protect"):
            new.protect = parent.protect
        if not request.HasField("retainOnDelete"):
            new.retainOnDelete = parent.retainOnDelete
        package = parent.provider.split("::")[2:3] == [PROVIDER_PREFIX + new.type.partition(":")[0]]
        if not new.provider and package:
            new.provider = parent.provider

    def _urn(self, parent: str, kind: str, name: str) -> str:
        names = (self._stack, self._project)
        return planner.make_urn(*names, parent, kind, name)

    def _aliases(self, request: resource_pb2.RegisterResourceRequest) -> list[str]:
        """URNs that the resource may have had: its own aliases, and those below its parent's."""
        own = [*request.aliasURNs, *(self._alias(request, alias) for alias in request.aliases)]
        here = self._urn(request.parent, request.type, request.name)
        return [*own, *self._inherited(request.parent, [here, *own])]

    def _inherited(self, parent: str, urns: list[str]) -> list[str]:
        """The URNs below the old name of the parent. A name that begins with the parent's has
        changed with it."""
        old_parent = self._old_urns.get(parent)
        if old_parent is None:
            return []
        old, new = old_parent.split("::", 3)[3], parent.split("::", 3)[3]
        found: list[str] = []
        for urn in urns:
            _, _, kind, name = urn.split("::", 3)
            if name.startswith(new):
                name = old + name.removeprefix(new)
            found.append(self._urn(old_parent, kind.rpartition("$")[2], name))
        return found

    def _alias(self, request: resource_pb2.RegisterResourceRequest, alias: alias_pb2.Alias) -> str:
        if alias.WhichOneof("alias") == "urn":
            return alias.urn
        spec = alias.spec
        parent = self._old_urns.get(spec.parentUrn, spec.parentUrn) or request.parent
        if spec.noParent:
            parent = ""
        return planner.make_urn(
            spec.stack or self._stack,
            spec.project or self._project,
            parent,
            spec.type or request.type,
            spec.name or request.name,
        )

    def _position(self, position: source_pb2.SourcePosition) -> str:
        """`project:///FILE#LINE`, relative to the project's folder, as the state keeps it."""
        if not position.uri:
            return ""
        path = unquote(urlsplit(position.uri).path)
        relative = Path(os.path.relpath(path, self._root)).as_posix()
        column = f",{position.column}" if position.column else ""
        return f"project:///{relative}#{position.line}{column}"

    def read(self, request: resource_pb2.ReadResourceRequest) -> tuple[Resource, tuple[str, ...]]:
        """The resource of a `get`, by its id, and URNs that it may have had."""
        urn = self._urn(request.parent, request.type, request.name)
        return Resource(
            urn,
            request.type,
            id=request.id,
            inputs=decode(request.properties),
            parent=request.parent,
            external=True,
            dependencies=sorted(set(request.dependencies)),
            provider=request.provider,
            additionalSecretOutputs=sorted(request.additionalSecretOutputs),
            sourcePosition=self._position(request.sourcePosition),
            rest={"version": request.version},
        ), tuple(self._inherited(request.parent, [urn]))


def refused(request: resource_pb2.RegisterResourceRequest) -> str | None:
    """What this engine does not do is an error with a name: the text of it, or None."""
    named = {
        "remote components": request.remote,
        "transforms": len(request.transforms) > 0,
        "resource hooks": len(request.hooks.ListFields()) > 0,
        "the option replace_with": len(request.replace_with) > 0,
        "the option replacement_trigger": request.HasField("replacement_trigger"),
        "parameterized packages": bool(request.packageRef),
        "state migrations": len(request.state_migrations) > 0,
    }
    for what, used in named.items():
        if used:
            return (
                f"{request.type} resource '{request.name}' uses {what}, which the local engine "
                "does not offer: use the Pulumi CLI"
            )
    return None


def _seconds(text: str) -> float:
    """`1h30m`, `5m`, `300s` → seconds (Go's duration texts)."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    total = sum(float(n) * units[u] for n, u in re.findall(r"([\d.]+)(ms|h|m|s)", text))
    return int(total) if total == int(total) else total
