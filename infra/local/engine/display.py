"""What a person reads: progress, a tree of changes, policies, diagnostics, outputs, a summary.

Without `tree` (the flag --non-interactive) rows read as the CLI's do, one line by itself.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.local.engine.progress import Progress
from infra.local.engine.render import counts_lines, outputs_block, step_block
from infra.local.engine.rows import SIGNS, Tree, done, found_nothing, kind_and_name, row_of
from infra.local.engine.terminal import Terminal, Ticker
from infra.local.engine.verdicts import Verdicts

if TYPE_CHECKING:
    from infra.local.engine.events import Event

_TITLES = {
    "update": ("Previewing update", "Updating"),
    "refresh": ("Previewing refresh", "Refreshing"),
    "destroy": ("Previewing destroy", "Destroying"),
}


@dataclass(frozen=True)
class View:
    """What is shown, and how. `show` holds reads, urns, sames, replacements, no-outputs and
    remediations; `tick` is the time in seconds after which what runs is told again, 0 never."""

    kind: str
    stack: str
    root: str
    planning: bool
    tree: bool = True
    diff: bool = False
    tick: float = 0
    show: frozenset[str] = frozenset()


class Display:
    """Listens to events of one phase (a preview, or an update) and prints as they come."""

    def __init__(self, terminal: Terminal, view: View) -> None:
        self._terminal = terminal
        self._view = view
        self._lock = threading.RLock()
        self._progress = Progress()
        self._tree = Tree(view.root)
        self._verdicts = Verdicts()
        self._diagnostics: dict[str, list[tuple[str, str]]] = {}
        self._outputs: tuple[Any, Any] | None = None
        self._old_outputs: Any = None
        self._errors: set[str] = set()
        self._told: set[tuple[str, str]] = set()
        self._begun: dict[tuple[str, str], Event] = {}
        self._loading = False
        self._ticker = Ticker(view.tick, self._tick) if view.tick else None
        self._write(f"{_TITLES[view.kind][0 if view.planning else 1]} ({view.stack}):\n")

    def _write(self, text: str, kind: str = "") -> None:
        painted = self._terminal.paint(text.rstrip("\n"), kind) + "\n" if kind else text
        self._terminal.text(painted)

    def __call__(self, event: Event) -> None:
        handlers = {
            "policyLoadEvent": self._load,
            "preludeEvent": self._prelude,
            "resourcePreEvent": self._started,
            "resOutputsEvent": self._ended,
            "resOpFailedEvent": self._failed,
            "policyEvent": self._verdicts.violation,
            "policyRemediationEvent": self._verdicts.remediation,
            "diagnosticEvent": self._diagnostic,
            "summaryEvent": self._summary,
            "cancelEvent": self._over,
        }
        with self._lock:
            for kind, body in event.items():
                if kind in handlers:
                    handlers[kind](body)
            if self._ticker is not None and self._terminal.live:
                self._terminal.status(self._progress.sentence())

    def _tick(self) -> None:
        with self._lock:
            if self._ticker is None:
                return
            sentence = self._progress.sentence()
            if self._terminal.live:
                self._terminal.status(sentence)
            elif self._progress.running:
                self._write(f"@ {sentence}\n")

    def close(self) -> None:
        """Ends the status line, also where the deployment never began."""
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        self._terminal.status("")

    def _load(self, _: Event) -> None:
        if not self._loading:
            self._loading = True
            self._write("Loading policy packs...: starting\n")

    def _prelude(self, _: Event) -> None:
        if self._loading:
            self._write("Loading policy packs...: done\n")

    # ---- steps

    def _hidden(self, meta: Event) -> bool:
        urn, show = meta["urn"], self._view.show
        default = "::pulumi:providers:" in urn and urn.split("::", 3)[3].startswith("default")
        quiet = {"same": "sames", "read": "reads"}.get(meta["op"])
        return default or (quiet is not None and quiet not in show)

    def _is_custom(self, meta: Event) -> bool:
        return bool((meta["new"] or meta["old"] or {}).get("custom"))

    def _is_part(self, meta: Event) -> bool:
        """Parts of a replacement are shown on demand, and as progress of an update."""
        wanted = "replacements" in self._view.show or self._view.kind == "refresh"
        return not meta.get("logical") and not wanted

    def _started(self, body: Event) -> None:
        meta = body["metadata"]
        self._tree.see(meta)
        if meta["urn"] == self._view.root and meta["old"] is not None:
            self._old_outputs = meta["old"]["outputs"]
            if meta["new"] is None:
                self._outputs = None
        if self._hidden(meta):
            return
        made = meta["new"] is not None and not self._is_custom(meta)
        if made and meta["op"] != "refresh":
            # A component is there once it is registered; its end may never be told.
            self._ended(body)
        else:
            self._begun[meta["op"], meta["urn"]] = meta
            self._progress.start(meta["op"], meta["urn"])

    def _ended(self, body: Event) -> None:
        meta = body["metadata"]
        if meta["urn"] == self._view.root and meta["new"] is not None:
            self._outputs = (self._old_outputs, meta["new"]["outputs"])
        if self._view.kind == "refresh" and meta["op"] == "same":
            meta = {**meta, "op": "refresh"}
        if not self._hidden(meta):
            self._step(meta, done(meta["op"]))

    def _failed(self, body: Event) -> None:
        self._step(body["metadata"], "failed")

    def _step(self, meta: Event, status: str) -> None:
        """A step has ended: once, though outputs of components come as a second end of theirs."""
        op, urn, view = meta["op"], meta["urn"], self._view
        again = (op, urn) in self._told
        self._told.add((op, urn))
        if again and status != "failed":
            return
        seconds = self._progress.end(op, urn)
        part = self._is_part(meta)
        if view.diff and status != "failed":
            if not part and not found_nothing(meta):
                self._write(step_block(meta, SIGNS.get(op, "  ")))
            return
        timed = self._is_custom(meta) and not view.planning
        shown = status if not view.planning or status == "failed" else ""
        row = row_of(meta, shown, seconds if timed else None, part=part, drawn=view.tree)
        row = self._tree.noted(row) if part else row
        if row.op != "same" or "sames" in view.show:
            self._tree.put(row)
        if view.tree and view.planning:
            return
        parent = "" if view.tree else self._tree.parent_name(urn)
        count = "" if view.planning else f" {self._progress.count}"
        text = row.flat(parent, "urns" in view.show)
        self._write(f"{text}{count}\n", row.tone)

    # ---- diagnostics

    def _diagnostic(self, body: Event) -> None:
        severity = body["severity"]
        if severity == "debug" or body.get("ephemeral"):
            return
        where = body.get("urn") or self._view.root
        if severity == "error":
            self._errors.add(where)
        message = body.get("prefix", "") + body["message"]
        self._diagnostics.setdefault(where, []).append((severity, message))

    def _print_diagnostics(self) -> None:
        if not self._diagnostics:
            return
        lead = "\nDiagnostics:\n"
        for urn, messages in sorted(self._diagnostics.items()):
            kind, name = kind_and_name(urn)
            self._write(f"{lead}  {kind} ({name}):\n")
            lead = "\n"
            for severity, message in messages:
                for line in message.rstrip("\n").split("\n"):
                    self._write(f"    {line}\n", severity)
        self._diagnostics.clear()

    # ---- the end

    def _summary(self, body: Event) -> None:
        self.close()
        for key in list(self._progress.running):
            # Refused in a preview, which has no event for it; or cut off by an interruption.
            self._step(self._begun[key], "failed" if self._view.planning else "not finished")
        self._print_tree()
        self._print_policies(body["PolicyPacks"])
        self._print_diagnostics()
        if "no-outputs" not in self._view.show and self._view.kind != "destroy":
            old, new = self._outputs or (None, {})
            self._write(outputs_block(old, new, self._view.planning))
        if self._verdicts.forbidden:
            # As in the CLI: counts would look like success.
            return
        errored = len(self._errors)
        for kind, line in counts_lines(body, self._view.planning, errored):
            self._write(f"{line}\n", kind)

    def _print_tree(self) -> None:
        if not self._view.tree or self._view.diff:
            return
        lines = self._tree.lines("urns" in self._view.show)
        if lines and not self._view.planning:
            self._write("\n")
        for tone, line in lines:
            self._write(f"{line}\n", tone)

    def _print_policies(self, packs: dict[str, str]) -> None:
        if packs:
            self._write("\nPolicies:\n")
            detailed = "remediations" in self._view.show
            for kind, line in self._verdicts.lines(packs, detailed=detailed):
                self._write(f"{line}\n", kind)

    def _over(self, _: Event) -> None:
        """Where the deployment did not come to a summary, what was said is still shown."""
        self.close()
        self._print_diagnostics()
