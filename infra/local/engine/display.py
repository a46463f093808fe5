"""What a person reads: progress, a table of changes, diagnostics, outputs, a summary.

Rows read as the CLI's do (` +  type name`), so that both can be compared.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from infra.local.engine.render import outputs_block, step_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.engine.events import Event

_SIGNS = {
    "create": "+ ",
    "update": "~ ",
    "delete": "- ",
    "replace": "+-",
    "create-replacement": "++",
    "delete-replaced": "--",
    "read": "> ",
    "refresh": "~ ",
    "discard": "< ",
    "import": "= ",
    "import-replacement": "=>",
    "same": "  ",
}
_COLOURS = {"+": 32, "~": 33, "-": 31, "error": 31, "warning": 33}
_VERBS = {
    "create": ("to create", "created"),
    "update": ("to update", "updated"),
    "delete": ("to delete", "deleted"),
    "replace": ("to replace", "replaced"),
    "discard": ("to discard", "discarded"),
    "import": ("to import", "imported"),
}
_TITLES = {
    "update": ("Previewing update", "Updating"),
    "refresh": ("Previewing refresh", "Refreshing"),
    "destroy": ("Previewing destroy", "Destroying"),
}


def _name(urn: str) -> str:
    _, _, kind, name = urn.split("::", 3)
    return f"{kind.rpartition('$')[2]} {name}"


class Display:
    """Listens to events of one phase (a preview, or an update) and prints as they come."""

    def __init__(
        self,
        write: Callable[[str], None],
        kind: str,
        stack: str,
        root_urn: str,
        *,
        planning: bool,
        colour: bool = False,
        diff: bool = False,
        show: frozenset[str] = frozenset(),
    ) -> None:
        self._write = write
        self._kind = kind
        self._stack = stack
        self._root = root_urn
        self._planning = planning
        self._colour = colour
        self._diff = diff
        self._show = show
        self._began = time.monotonic()
        self._diagnostics: dict[str, list[tuple[str, str]]] = {}
        self._outputs: tuple[Any, Any] | None = None
        self._old_outputs: Any = None
        self._errors: set[str] = set()
        self._rows: set[tuple[str, str]] = set()
        self._write(f"{_TITLES[kind][0 if planning else 1]} ({stack}):\n")

    def _paint(self, text: str, kind: str) -> str:
        code = _COLOURS.get(kind[:1]) or _COLOURS.get(kind)
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and code else text

    def __call__(self, event: Event) -> None:
        for kind, handle in (
            ("resourcePreEvent", self._started),
            ("resOutputsEvent", self._ended),
            ("resOpFailedEvent", self._failed),
            ("diagnosticEvent", self._diagnostic),
            ("summaryEvent", self._summary),
        ):
            if kind in event:
                handle(event[kind])

    # ---- steps

    def _hidden(self, meta: Event) -> bool:
        urn = meta["urn"]
        default = "::pulumi:providers:" in urn and urn.split("::", 3)[3].startswith("default")
        parts = not meta.get("logical") and "replacements" not in self._show
        parts = parts and self._kind != "refresh"
        quiet = {"same": "sames", "read": "reads"}.get(meta["op"])
        return default or parts or (quiet is not None and quiet not in self._show)

    def _started(self, body: Event) -> None:
        meta = body["metadata"]
        if meta["urn"] == self._root and meta["old"] is not None:
            self._old_outputs = meta["old"]["outputs"]
            if meta["new"] is None:
                self._outputs = None
        if self._hidden(meta) or self._planning:
            return
        if self._kind != "refresh" and not self._diff:
            self._row(meta, "…")

    def _ended(self, body: Event) -> None:
        meta = body["metadata"]
        if meta["urn"] == self._root and meta["new"] is not None:
            self._outputs = (self._old_outputs, meta["new"]["outputs"])
        if (
            self._kind == "refresh"
            and meta["op"] == "same"
            and not self._hidden({**meta, "op": "refresh"})
        ):
            if not self._diff:
                self._row({**meta, "op": "refresh"}, "")
            return
        if not self._hidden(meta):
            if self._diff:
                self._write(step_block(meta, _SIGNS.get(meta["op"], "  ")))
            else:
                done = f"{meta['op'].replace('-', ' ')}d" if not self._planning else ""
                self._row(meta, done.replace("deleted", "deleted"))

    def _failed(self, body: Event) -> None:
        self._row(body["metadata"], "failed")

    def _row(self, meta: Event, status: str) -> None:
        key = (meta["op"], meta["urn"])
        if key in self._rows and status in ("", "…"):
            return
        self._rows.add(key)
        sign = _SIGNS.get(meta["op"], "  ")
        extra = ""
        if meta.get("diffs"):
            extra = f" [diff: ~{','.join(meta['diffs'])}]"
        if meta.get("keys"):
            extra += f" [replaces because of: {','.join(meta['keys'])}]"
        old = meta["old"] or {}
        if old.get("retainOnDelete") and meta["op"].startswith("delete"):
            extra += "[retain]"
        took = (
            "" if self._planning or status == "…" else f" ({time.monotonic() - self._began:.0f}s)"
        )
        name = meta["urn"] if "urns" in self._show else _name(meta["urn"])
        text = f" {sign} {name}{f' {status}' if status else ''}{took}{extra}"
        self._write(self._paint(text, sign) + "\n")

    # ---- diagnostics

    def _diagnostic(self, body: Event) -> None:
        severity = body["severity"]
        if severity == "debug" or body.get("ephemeral"):
            return
        if severity == "error":
            self._errors.add(body.get("urn") or self._root)
        message = body.get("prefix", "") + body["message"]
        self._diagnostics.setdefault(body.get("urn") or self._root, []).append((severity, message))

    def _print_diagnostics(self) -> None:
        if not self._diagnostics:
            return
        self._write("\nDiagnostics:\n")
        for urn, messages in sorted(self._diagnostics.items()):
            kind, _, name = _name(urn).partition(" ")
            self._write(f"  {kind} ({name}):\n")
            for severity, message in messages:
                for line in message.rstrip("\n").split("\n"):
                    self._write(self._paint(f"    {line}", severity) + "\n")
            self._write("\n")

    # ---- the end

    def _summary(self, body: Event) -> None:
        self._print_diagnostics()
        if "no-outputs" not in self._show and self._kind != "destroy":
            old, new = self._outputs or (None, {})
            self._write(outputs_block(old, new, self._planning))
        self._write("\nResources:\n")
        changes: dict[str, int] = body["resourceChanges"]
        total = 0
        for op, (planned, done) in _VERBS.items():
            if count := changes.get(op):
                total += count
                verb = planned if self._planning else done
                self._write(self._paint(f"    {_SIGNS[op]}{count} {verb}", _SIGNS[op]) + "\n")
        kinds = sum(1 for op in _VERBS if changes.get(op))
        same = changes.get("same", 0)
        if kinds > 1:
            parts = [f"{total} changes"] + ([f"{same} unchanged"] if same else [])
            self._write(f"    {'. '.join(parts)}\n")
        elif same:
            self._write(f"    {same} unchanged\n")
        if self._errors:
            self._write(self._paint(f"    {len(self._errors)} errored", "error") + "\n")
        if not self._planning:
            self._write(f"\nDuration: {body['durationSeconds']}s\n")
