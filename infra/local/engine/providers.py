"""Provider resources: each is a plugin process of its own, checked and configured from inputs."""

from __future__ import annotations

import re
import threading
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from infra.local.engine.client import Plugin
from infra.local.engine.errors import EngineError
from infra.local.engine.planner import Diff
from infra.local.engine.plugins import find_plugin
from infra.local.engine.state import PROVIDER_PREFIX, Resource
from infra.local.engine.values import UNKNOWN, Properties, has_unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.engine.project import Configuration, Project

_INTERNAL = "__internal"


def package_of(kind: str) -> str:
    """`aws:ec2/vpc:Vpc` → `aws`."""
    return kind.split(":", 1)[0]


def default_name(version: str) -> str:
    """The logical name of a default provider (`default_providers.go`)."""
    return "default_" + re.sub(r"[^A-Za-z0-9]", "_", version) if version else "default"


def visible(inputs: Properties) -> Properties:
    """Without the engine's own bookkeeping."""
    return {key: value for key, value in inputs.items() if key != _INTERNAL}


class Providers:
    """All providers of one deployment. Thread-safe."""

    def __init__(self, project: Project, config: Configuration, engine_address: str) -> None:
        self._project = project
        self._config = config
        self._address = engine_address
        self._lock = threading.RLock()
        self._checked: dict[str, Plugin] = {}
        self._ready: dict[str, Plugin] = {}
        self._blind: set[Plugin] = set()
        self.old_urns: dict[str, str] = {}
        """Of providers that were renamed, by their new URN: they answer to both names."""
        self._spare: dict[tuple[str, str], Future[Plugin]] = {}
        self._all: list[Plugin] = []
        self._pool = ThreadPoolExecutor(4, "plugin")
        self._olds: dict[str, Resource] = {}

    def know(self, resources: list[Resource]) -> None:
        """Providers of the old state: used by resources that are refreshed or deleted."""
        self._olds = {r.reference: r for r in resources if r.is_provider}

    def warm(self, package: str, version: str) -> None:
        """Starts a plugin while the program is still being loaded."""
        with self._lock:
            key = (package, version)
            if key not in self._spare:
                self._spare[key] = self._pool.submit(self._launch, package, version)

    def _launch(self, package: str, version: str) -> Plugin:
        path = find_plugin(package, version, self._project)
        plugin = Plugin(path, self._address, self._project.main)
        with self._lock:
            self._all.append(plugin)
        return plugin

    def _start(self, package: str, version: str) -> Plugin:
        with self._lock:
            spare = self._spare.pop((package, version), None)
        return spare.result() if spare else self._launch(package, version)

    # ---- the life of a provider resource

    def default_inputs(self, package: str, version: str) -> Properties:
        inputs: Properties = dict(self._config.namespace(package))
        return {**inputs, "version": version} if version else inputs

    def check(
        self, urn: str, kind: str, olds: Properties, news: Properties
    ) -> tuple[Properties, list[tuple[str, str]]]:
        plugin = self._start(kind.removeprefix(PROVIDER_PREFIX), str(news.get("version", "")))
        with self._lock:
            self._checked[urn] = plugin
        inputs, failures = plugin.check_config(urn, visible(olds), visible(news))
        # The engine's own, which a provider may not drop.
        own = {"version": news["version"], _INTERNAL: {}} if "version" in news else {}
        return {**inputs, **own}, failures

    def diff(
        self, old: Resource, news: Properties, urn: str = "", ignore: Sequence[str] = ()
    ) -> Diff:
        """Of a provider that goes by `urn` now (else by its old name)."""
        with self._lock:
            plugin = self._checked.get(urn or old.urn)
        plugin = plugin or self._plugin(old.reference)
        return _config_diff(plugin, urn or old.urn, old, news, ignore)

    def instead_of(self, old: Resource, new: Resource) -> Diff:
        """What `new` says to taking over the resources of `old`."""
        return _config_diff(self._plugin(new.reference), new.urn, old, new.inputs, ())

    def new_id(self, preview: bool) -> str:
        return UNKNOWN if preview else str(uuid.uuid4())

    def activate(self, resource: Resource, ident: str, inputs: Properties | None = None) -> None:
        """Configures the checked plugin (with other `inputs` than the resource's, if given); with
        an unknown in them it stays unconfigured."""
        with self._lock:
            plugin = self._checked.pop(resource.urn)
        inputs = visible(resource.inputs if inputs is None else inputs)
        usable = not has_unknown(inputs)
        if usable:
            package = resource.type.removeprefix(PROVIDER_PREFIX)
            plugin.configure(resource.urn, "" if ident == UNKNOWN else ident, package, inputs)
        with self._lock:
            self._ready[f"{resource.urn}::{ident}"] = plugin
            if resource.urn in self.old_urns:
                self._ready[f"{self.old_urns[resource.urn]}::{ident}"] = plugin
            if not usable:
                self._blind.add(plugin)

    # ---- use

    def get(self, reference: str) -> Plugin | None:
        """The plugin of a resource; None where its configuration is not known yet.

        Raises EngineError for a reference that is neither in this run nor in the old state.
        """
        plugin = self._plugin(reference)
        return None if plugin in self._blind else plugin

    def _plugin(self, reference: str) -> Plugin:
        with self._lock:
            if reference in self._ready:
                return self._ready[reference]
            old = self._olds.get(reference)
            if old is None:
                raise EngineError(
                    f"unknown provider {reference!r}: it is neither in the program nor in the "
                    "state; run `pulumi refresh`, or give the resource its provider"
                )
            package = old.type.removeprefix(PROVIDER_PREFIX)
            plugin = self._start(package, str(old.inputs.get("version", "")))
            plugin.configure(old.urn, old.id, package, visible(old.inputs))
            self._ready[reference] = plugin
            return plugin

    def cancel(self) -> None:
        with self._lock:
            plugins = list(self._all)
        for plugin in plugins:
            plugin.cancel()

    def close(self) -> None:
        """Ends every plugin process."""
        for spare in self._spare.values():
            spare.cancel()
        self._pool.shutdown(wait=True)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(_close, self._all))


def _config_diff(
    plugin: Plugin, urn: str, old: Resource, news: Properties, ignore: Sequence[str]
) -> Diff:
    news = visible(news)
    answer = plugin.diff_config(urn, visible(old.inputs), old.outputs, news, list(ignore))
    if answer.changes is None:
        return Diff(old.outputs != news, answer.replaces, answer.diffs, answer.detailed)
    return answer


def _close(plugin: Plugin) -> Any:
    return plugin.close()
