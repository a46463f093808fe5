"""Engine events, in the form of the CLI's event log (`sdk/go/common/apitype/events.go`)."""

from __future__ import annotations

import json
import threading
import time
from typing import IO, TYPE_CHECKING, Any

from infra.local.engine.values import mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.engine.planner import Step
    from infra.local.engine.state import Resource

type Event = dict[str, Any]


def state_event(resource: Resource | None) -> Event | None:
    """One side of a step, as it is at this moment."""
    if resource is None:
        return None
    out: Event = {"type": resource.type, "urn": resource.urn}
    for name in ("custom", "delete", "protect", "external", "retainOnDelete"):
        if getattr(resource, name):
            out[name] = True
    out["id"] = resource.id
    out["parent"] = resource.parent
    out["inputs"] = mask(resource.inputs)
    out["outputs"] = mask(resource.outputs)
    out["provider"] = resource.provider
    if resource.initErrors:
        out["initErrors"] = list(resource.initErrors)
    return out


def metadata(step: Step, op: str = "") -> Event:
    out: Event = {
        "op": op or step.op,
        "urn": step.urn,
        "type": step.resource.type,
        "old": state_event(step.old),
        "new": state_event(step.new),
        "detailedDiff": step.detailed,
        "provider": step.resource.provider,
    }
    if step.logical:
        out["logical"] = True
    if step.keys:
        out["keys"] = step.keys
    if step.diffs:
        out["diffs"] = step.diffs
    return out


class Events:
    """Numbers events and hands them to listeners, in order, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sequence = 0
        self._listeners: list[Callable[[Event], None]] = []
        self._watchers: list[Callable[[Step, str, bool], None]] = []
        self.lost: OSError | None = None
        """Why a listener was given up: its file can't be written. The deployment goes on."""

    def listen(self, listener: Callable[[Event], None]) -> None:
        self._listeners.append(listener)

    def watch(self, watcher: Callable[[Step, str, bool], None]) -> None:
        """`watcher` gets each step, its operation and whether it has ended: all of both sides,
        of which the event tells a part."""
        self._watchers.append(watcher)

    def _tell(self, step: Step, op: str, ended: bool) -> None:
        with self._lock:
            for watcher in self._watchers:
                watcher(step, op, ended)

    def emit(self, kind: str, body: Event) -> None:
        with self._lock:
            self._sequence += 1
            event = {"sequence": self._sequence, "timestamp": int(time.time()), kind: body}
            for listener in list(self._listeners):
                try:
                    listener(event)
                except OSError as error:
                    self._listeners.remove(listener)
                    self.lost = error

    def step_started(self, step: Step, planning: bool) -> None:
        self._tell(step, step.op, False)
        body: Event = {"metadata": metadata(step)}
        self.emit("resourcePreEvent", {**body, "planning": True} if planning else body)

    def step_ended(self, step: Step, planning: bool, op: str = "") -> None:
        self._tell(step, op or step.op, True)
        body: Event = {"metadata": metadata(step, op)}
        self.emit("resOutputsEvent", {**body, "planning": True} if planning else body)

    def step_failed(self, step: Step, attempts: int, status: int = 0) -> None:
        body = {"metadata": metadata(step), "status": status, "steps": attempts}
        self.emit("resOpFailedEvent", body)

    def diagnostic(
        self,
        severity: str,
        message: str,
        urn: str = "",
        *,
        stream: int = 0,
        ephemeral: bool = False,
    ) -> None:
        """`severity`: debug, info, info#err, warning, error. A message ends with a newline."""
        body: Event = {"message": message, "color": "never", "severity": severity}
        if severity in ("error", "warning"):
            body["prefix"] = f"{severity}: "
        if urn:
            body["urn"] = urn
        if stream:
            body["streamID"] = stream
        if ephemeral:
            body["ephemeral"] = True
        self.emit("diagnosticEvent", body)


class EventLog:
    """Writes one JSON object a line. The file is complete up to the last event at any time."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __call__(self, event: Event) -> None:
        self._file.write(json.dumps(event, ensure_ascii=False) + "\n")
        self._file.flush()
