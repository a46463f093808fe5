"""What is shown of a resource on one line, and the lines of many as a tree by parent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.local.engine.events import Event

SIGNS = {
    "create": "+ ",
    "update": "~ ",
    "delete": "- ",
    "replace": "+-",
    "create-replacement": "++",
    "delete-replaced": "--",
    "read": "> ",
    "refresh": "~ ",
    "import": "= ",
    "import-replacement": "=>",
    "discard": "< ",
    "same": "  ",
}
_DOING = {
    "create": "creating",
    "update": "updating",
    "delete": "deleting",
    "replace": "replacing",
    "create-replacement": "creating replacement",
    "delete-replaced": "deleting original",
    "read": "reading",
    "refresh": "refreshing",
    "import": "importing",
    "import-replacement": "importing replacement",
    "discard": "discarding",
}
_DONE = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "create-replacement": "created replacement",
    "delete-replaced": "deleted original",
    "read": "read",
    "refresh": "refreshed",
    "import": "imported",
    "import-replacement": "imported replacement",
    "discard": "discarded",
    "same": "unchanged",
}


def doing(op: str) -> str:
    return _DOING.get(op, op)


def done(op: str) -> str:
    return _DONE.get(op, op)


def kind_and_name(urn: str) -> tuple[str, str]:
    _, _, kind, name = urn.split("::", 3)
    return kind.rpartition("$")[2], name


def took(seconds: float) -> str:
    """`0.4s`, `12s`, `2m05s`."""
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def changed_keys(meta: Event) -> str:
    """`+added-removed~changed` of the inputs that make the difference, as the CLI writes it; of
    another provider too. A secret that changed looks the same: there the provider's word counts."""
    old, new = meta["old"] or {}, meta["new"] or {}
    before, after = old.get("inputs") or {}, new.get("inputs") or {}
    named = meta.get("diffs") or ()
    if not (old and new):
        differ = sorted(named)
    else:
        differ = [
            key
            for key in sorted({*before, *after, *named})
            if key in named or (not named and before.get(key) != after.get(key))
        ]
        if old.get("provider") != new.get("provider") and "provider" not in differ:
            differ.append("provider")
    groups: dict[str, list[str]] = {"+": [], "-": [], "~": []}
    for key in differ:
        sign = "+" if key in after and key not in before else "~"
        groups["-" if new and key in before and key not in after else sign].append(key)
    return "".join(sign + ",".join(keys) for sign, keys in groups.items() if keys)


def found_nothing(meta: Event) -> bool:
    """A refresh that read what the state already has."""
    return meta["op"] == "refresh" and not changed_keys(meta)


def notes(meta: Event) -> str:
    """Behind the name: what differs, why it is replaced, whether the thing itself is kept."""
    found: list[str] = []
    op = meta["op"]
    if (meta["old"] or {}).get("retainOnDelete") and ("delete" in op or "replace" in op):
        found.append("[retain]")
    if op != "same" and (text := changed_keys(meta)):
        found.append(f"[diff: {text}]")
    if meta.get("keys"):
        found.append(f"[replaces because of: {','.join(meta['keys'])}]")
    return " ".join(found)


@dataclass(frozen=True)
class Row:
    """An operation on a resource. `status` is what became of it, empty in a preview. A `part` of a
    replacement is left out of the tree where the whole is in it."""

    urn: str
    op: str
    status: str = ""
    notes: str = ""
    part: bool = False

    @property
    def sign(self) -> str:
        return SIGNS.get(self.op, "  ")

    @property
    def tone(self) -> str:
        """What its colour follows."""
        return "error" if self.status.startswith("failed") else self.sign

    def flat(self, parent: str = "", full: bool = False) -> str:
        """` +  type name status notes`: the form of the CLI where it does not draw."""
        kind, name = kind_and_name(self.urn)
        parts = [self.urn if full else f"{kind} {name}", self.status, self.notes]
        parts.append(f"[in {parent}]" if parent else "")
        return " ".join([f" {self.sign}", *[part for part in parts if part]])


def row_of(meta: Event, status: str, seconds: float | None, *, part: bool, drawn: bool) -> Row:
    """The row of a step that ended, or is planned; `drawn`: for a tree, where the sign of what a
    refresh found as it was would look like a change."""
    same = drawn and status != "failed" and found_nothing(meta)
    told = status if seconds is None or not status else f"{status} ({took(seconds)})"
    return Row(meta["urn"], "same" if same else meta["op"], told, notes(meta), part)


@dataclass
class Tree:
    """Rows by resource, and the parents of all resources that were seen."""

    root: str
    rows: dict[str, dict[str, Row]] = field(default_factory=dict[str, dict[str, Row]])
    parents: dict[str, str] = field(default_factory=dict[str, str])

    def see(self, meta: Event) -> None:
        side = meta["new"] or meta["old"] or {}
        self.parents.setdefault(meta["urn"], side.get("parent") or "")

    def noted(self, row: Row) -> Row:
        """The row; one that does not say what differs with the notes of the whole that it is of."""
        others = [other.notes for other in self.rows.get(row.urn, {}).values()]
        whole = next((text for text in reversed(others) if "[diff" in text), row.notes)
        return row if "[diff" in row.notes else replace(row, notes=whole)

    def put(self, row: Row) -> None:
        self.rows.setdefault(row.urn, {})[row.op] = row

    def parent_name(self, urn: str) -> str:
        """The name of a parent other than the Stack."""
        parent = self.parents.get(urn, "")
        return kind_and_name(parent)[1] if parent not in ("", self.root) else ""

    def lines(self, full: bool = False) -> list[tuple[str, str]]:
        """(tone, line) of the changed resources below those that they belong to, aligned."""
        children = self._children()
        if not children:
            return []
        table: list[tuple[Row, str, str]] = []
        for top in children[""]:
            self._walk(top, "", "", children, table, full)
        kinds = max(len(kind) for _, kind, _ in table)
        names = max(len(name) for _, _, name in table)
        states = max(len(row.status) for row, _, _ in table)
        return [
            (
                row.tone,
                f" {row.sign}  {kind:<{kinds}}  {name:<{names}}  {row.status:<{states}}  "
                f"{row.notes}".rstrip(),
            )
            for row, kind, name in table
        ]

    def _children(self) -> Mapping[str, Iterable[str]]:
        """Parent → children, of what changed and all above it; `""` holds the top."""
        kept: dict[str, None] = {}
        for urn in self.rows:
            chain = [urn]
            while (parent := self._above(chain[-1])) and parent not in chain:
                chain.append(parent)
            kept.update(dict.fromkeys(reversed(chain)))
        children: dict[str, list[str]] = {}
        for urn in kept:
            above = self._above(urn)
            children.setdefault(above if above in kept else "", []).append(urn)
        return children

    def _above(self, urn: str) -> str:
        """The parent; of what has none the Stack, if there is one."""
        if urn == self.root:
            return ""
        return self.parents.get(urn) or (self.root if self.root in self.parents else "")

    def _walk(
        self,
        urn: str,
        lead: str,
        mark: str,
        children: Mapping[str, Iterable[str]],
        table: list[tuple[Row, str, str]],
        full: bool,
    ) -> None:
        kind, name = kind_and_name(urn)
        name = urn if full else name
        rows = list(self.rows.get(urn, {}).values())
        shown = [row for row in rows if not row.part] or rows or [Row(urn, "same")]
        table += [(row, f"{lead}{mark}{kind}", name) for row in shown]
        below = list(children.get(urn, ()))
        lead += {"├─ ": "│  ", "└─ ": "   "}.get(mark, "")
        for child in below:
            last = child is below[-1]
            self._walk(child, lead, "└─ " if last else "├─ ", children, table, full)
