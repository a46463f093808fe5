"""`--json`: a preview is one document, in the form of the CLI's (`pkg/backend/display/json.go`
and `display.go`, shouldShow); an update is its events, one a line."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from infra.local.engine.events import EventLog
from infra.local.engine.state import STACK_TYPE, to_json
from infra.local.engine.values import is_secret, transform

if TYPE_CHECKING:
    from infra.local.engine.arguments import Arguments
    from infra.local.engine.events import Event, Events
    from infra.local.engine.planner import Step
    from infra.local.engine.state import Resource


# Of one replacement; `replace` stands for them all.
_PARTS = {
    "create-replacement", "delete-replaced", "read-replacement", "discard-replaced",
    "import-replacement", "remove-pending-replace",
}  # fmt: skip


def listen(events: Events, arguments: Arguments, dry_run: bool) -> Digest | None:
    """With --json, has the events told on the standard output. Of a preview, what is to be
    printed when it has ended."""
    if not arguments.on("json"):
        return None
    if not dry_run:
        events.listen(EventLog(sys.stdout))
        return None
    digest = Digest(
        sames=arguments.on("show-sames"),
        parts=arguments.on("show-replacement-steps"),
        outputs=not arguments.on("suppress-outputs"),
    )
    events.listen(digest)
    events.watch(digest.step)
    return digest


def _hide(value: Any) -> Any:
    return transform(value, lambda v: "[secret]" if is_secret(v) else v)


def _is_root(resource: Resource) -> bool:
    return resource.type == STACK_TYPE and not resource.parent


def _no_secrets(_: str) -> str:
    raise TypeError("a secret was not taken out of what is shown")


class Digest:
    """Gathers what a preview says; `print` writes the document. `sames`: with what stays as it
    is; `parts`: with the two halves of a replacement; `outputs`: with those of the stack."""

    def __init__(self, *, sames: bool, parts: bool, outputs: bool) -> None:
        self._sames, self._parts, self._outputs = sames, parts, outputs
        self._document: dict[str, Any] = {"config": {}, "steps": [], "diagnostics": []}
        self._refreshing: set[str] = set()
        self._began = time.monotonic_ns()

    def __call__(self, event: Event) -> None:
        if "preludeEvent" in event:
            self._document["config"] = event["preludeEvent"]["config"]
        elif "diagnosticEvent" in event:
            body = event["diagnosticEvent"]
            if body["severity"] != "debug" and not body.get("ephemeral"):
                self._document["diagnostics"].append(
                    {
                        **({"urn": body["urn"]} if "urn" in body else {}),
                        "message": body.get("prefix", "") + body["message"],
                        "severity": body["severity"],
                    }
                )
        elif "summaryEvent" in event:
            body = event["summaryEvent"]
            self._document["duration"] = time.monotonic_ns() - self._began
            self._document["changeSummary"] = body["resourceChanges"]
            self._document["maybeCorrupt"] = body["maybeCorrupt"]

    def step(self, step: Step, op: str, ended: bool) -> None:
        """Of a refresh, the end says what it found; of all else, the beginning is shown."""
        if step.resource.is_default_provider or not (
            _is_root(step.resource) or self._is_shown(step, op)
        ):
            return
        if not ended:
            if op == "refresh":
                self._refreshing.add(step.urn)
            self._document["steps"].append(self._entry(step, op))
        elif step.urn in self._refreshing and (
            op == "delete" or (op == "update" and step.detailed is not None)
        ):
            steps = self._document["steps"]
            entry = self._entry(step, op)
            self._document["steps"] = [entry if s["urn"] == step.urn else s for s in steps]

    def _is_shown(self, step: Step, op: str) -> bool:
        if op == "same":
            return self._sames or (
                step.old is not None
                and step.new is not None
                and step.old.protect != step.new.protect
            )
        return self._parts or op not in _PARTS or step.logical

    def _entry(self, step: Step, op: str) -> dict[str, Any]:
        detailed = step.detailed
        if detailed is not None:
            detailed = {
                path: {"kind": entry["diffKind"], "inputDiff": entry["inputDiff"]}
                for path, entry in detailed.items()
            }
        entry = {
            "op": op,
            "urn": step.urn,
            "provider": step.resource.provider,
            "oldState": self._side(step.old, None),
            "newState": self._side(step.new, step.old),
            "diffReasons": step.diffs,
            "replaceReasons": step.keys,
        }
        return {key: value for key, value in entry.items() if value} | {"detailedDiff": detailed}

    def _side(self, resource: Resource | None, before: Resource | None) -> dict[str, Any] | None:
        """As the state would keep it. What is to take the place of another has, until it does,
        that one's times."""
        if resource is None:
            return None
        shown = self._outputs or not _is_root(resource)
        sides = {"inputs": resource.inputs, "outputs": resource.outputs}
        changes: dict[str, Any] = {
            name: _hide(value) if shown else {} for name, value in sides.items()
        }
        if before is not None and not resource.created:
            changes |= {"created": before.created, "modified": before.modified}
        return to_json(resource.copy(**changes), _no_secrets)

    def print(self) -> None:
        document = {key: value for key, value in self._document.items() if value}
        sys.stdout.write(json.dumps(document, indent=4, ensure_ascii=False) + "\n")
