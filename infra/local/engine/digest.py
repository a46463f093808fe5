"""The one document of `--json`, in the form of the CLI's (`pkg/backend/display/json.go`)."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from infra.local.engine.values import is_secret, transform

if TYPE_CHECKING:
    from infra.local.engine.events import Event

_KEPT = ("urn", "custom", "id", "type", "inputs", "outputs", "parent", "provider", "protect")


def _hide(value: Any) -> Any:
    return transform(value, lambda v: "[secret]" if is_secret(v) else v)


def _side(state: dict[str, Any] | None) -> dict[str, Any] | None:
    if state is None:
        return None
    kept = {k: _hide(state[k]) for k in _KEPT if state.get(k)}
    return {"custom": False, **kept}


class Digest:
    """Gathers the events of a phase; `print` writes the document."""

    def __init__(self, show_sames: bool) -> None:
        self._show_sames = show_sames
        self._document: dict[str, Any] = {"config": {}, "steps": [], "diagnostics": []}

    def __call__(self, event: Event) -> None:
        if "preludeEvent" in event:
            self._document["config"] = event["preludeEvent"]["config"]
        elif "resourcePreEvent" in event:
            meta = event["resourcePreEvent"]["metadata"]
            default = "::pulumi:providers:" in meta["urn"] and "::default" in meta["urn"]
            if (meta["op"] != "same" or self._show_sames) and not default:
                self._document["steps"].append(self._step(meta))
        elif "diagnosticEvent" in event:
            body = event["diagnosticEvent"]
            if body["severity"] != "debug" and not body.get("ephemeral"):
                kept = ("urn", "prefix", "message", "severity")
                self._document["diagnostics"].append({k: body[k] for k in kept if k in body})
        elif "summaryEvent" in event:
            body = event["summaryEvent"]
            self._document["duration"] = body["durationSeconds"] * 1_000_000_000
            self._document["changeSummary"] = body["resourceChanges"]

    def _step(self, meta: Event) -> dict[str, Any]:
        step: dict[str, Any] = {"op": meta["op"], "urn": meta["urn"]}
        if meta["provider"]:
            step["provider"] = meta["provider"]
        for key, side in (("oldState", "old"), ("newState", "new")):
            if (state := _side(meta[side])) is not None:
                step[key] = state
        if meta.get("diffs"):
            step["diffReasons"] = meta["diffs"]
        if meta.get("keys"):
            step["replaceReasons"] = meta["keys"]
        if meta["detailedDiff"] is not None:
            step["detailedDiff"] = {
                path: {"kind": entry["diffKind"], "inputDiff": entry["inputDiff"]}
                for path, entry in meta["detailedDiff"].items()
            }
        return step

    def print(self) -> None:
        document = {
            key: value for key, value in self._document.items() if value or key != "diagnostics"
        }
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
