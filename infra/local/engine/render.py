"""Values and differences as text, in the CLI's way of writing them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.local.engine.paths import parse_path
from infra.local.engine.rows import SIGNS
from infra.local.engine.values import SIG, UNKNOWN, is_secret

if TYPE_CHECKING:
    from infra.local.engine.events import Event


def scalar(value: Any) -> str:
    if is_secret(value):
        return "[secret]"
    if value == UNKNOWN:
        return "[unknown]"
    if value is None:
        return "<null>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _is_tree(value: Any) -> bool:
    return isinstance(value, (dict, list)) and bool(value) and not is_secret(value)


def _flat(value: Any) -> str:
    if isinstance(value, dict) and SIG not in value:
        return "{}"
    return "[]" if isinstance(value, list) else scalar(value)


def tree(key: str, value: Any, indent: str, sign: str = "", width: int = 0) -> list[str]:
    """`key: value`, over several lines for maps and lists. `sign` is `+ ` or `- ` or empty."""
    lead = f"{indent[:-2]}{sign}" if sign else indent
    label = f"{key:<{width}}: "
    if not _is_tree(value):
        return [f"{lead}{label}{_flat(value)}"]
    deeper = indent + "    "
    if isinstance(value, dict):
        inner = max(len(k) for k in value)
        body = [line for k in sorted(value) for line in tree(k, value[k], deeper, sign, inner)]
        return [f"{lead}{label}{{", *body, f"{indent}}}"]
    body = []
    for index, item in enumerate(value):
        lines = tree(f"[{index}]", item, deeper, sign)
        # A list's own lines carry the sign where the list's do.
        body += [f"{lead}    {line.lstrip(' +-')}" if sign else line for line in lines[:1]]
        body += lines[1:]
    return [f"{lead}{label}[", *body, f"{indent}]"]


def outputs_block(old: dict[str, Any] | None, new: dict[str, Any], planning: bool) -> str:
    """The section `Outputs:` – all of a new stack, or of an update that changed nothing in them;
    else what changed. A preview that changes nothing shows none."""
    before = old or {}
    width = max((len(k) for k in {**before, **new}), default=0)
    lines: list[str] = []
    if not before:
        sign = "+ " if old is not None and new else ""
        for key in sorted(new):
            lines += tree(key, new[key], "    ", sign, width)
    elif before == new:
        for key in sorted(new if not planning else {}):
            lines += tree(key, new[key], "    ", "", width)
    else:
        lines = _changed(before, new, width)
    return "\nOutputs:\n" + "\n".join(lines) + "\n" if lines else ""


def _changed(before: dict[str, Any], new: dict[str, Any], width: int) -> list[str]:
    lines: list[str] = []
    for key in sorted({**before, **new}):
        if key not in new:
            lines += tree(key, before[key], "    ", "- ", width)
        elif key not in before:
            lines += tree(key, new[key], "    ", "+ ", width)
        elif before[key] == new[key]:
            lines += tree(key, new[key], "    ", "", width)
        elif _is_tree(before[key]) or _is_tree(new[key]):
            lines += tree(key, before[key], "    ", "- ", width)
            lines += tree(key, new[key], "    ", "+ ", width)
        else:
            lines.append(f"  ~ {key:<{width}}: {_flat(before[key])} => {_flat(new[key])}")
    return lines


def _at(value: Any, path: list[str | int]) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


_SIGNS = {"add": "+", "delete": "-", "update": "~"}


def step_block(meta: Event, sign: str) -> str:
    """One resource of `--diff`: its names, then what changes."""
    old, new = meta["old"] or {}, meta["new"] or {}
    kind = meta["urn"].split("::", 3)[2].rpartition("$")[2]
    lines = [f"    {sign}{kind}: ({meta['op']})"]
    if ident := old.get("id"):
        lines.append(f"        [id={ident}]")
    lines.append(f"        [urn={meta['urn']}]")
    if provider := meta.get("provider"):
        lines.append(f"        [provider={provider}]")
    detailed = meta.get("detailedDiff")
    if detailed:
        for path, entry in sorted(detailed.items()):
            mark = _SIGNS[entry["diffKind"].removesuffix("-replace")]
            side = "inputs" if entry.get("inputDiff") else "outputs"
            steps = parse_path(path)
            before = _flat(_at(old.get(side), steps))
            after = _flat(_at(new.get("inputs"), steps))
            text = {"+": after, "-": before, "~": f"{before} => {after}"}[mark]
            lines.append(f"      {mark} {path}: {text}")
    elif meta["op"] in ("create", "delete", "delete-replaced"):
        inputs = (new or old).get("inputs") or {}
        width = max((len(k) for k in inputs), default=0)
        for key in sorted(inputs):
            if key != "__internal":
                lines += tree(key, inputs[key], "        ", "", width)
    return "\n".join(lines) + "\n"


_VERBS = {
    "create": ("to create", "created"),
    "update": ("to update", "updated"),
    "delete": ("to delete", "deleted"),
    "replace": ("to replace", "replaced"),
    "discard": ("to discard", "discarded"),
    "import": ("to import", "imported"),
}


def counts_lines(summary: Event, planning: bool, errored: int) -> list[tuple[str, str]]:
    """The section `Resources:`, as (kind of colour, line)."""
    changes: dict[str, int] = summary["resourceChanges"]
    found = {op: changes[op] for op in _VERBS if changes.get(op)}
    lines = [("", "\nResources:")]
    for op, count in found.items():
        lines.append((SIGNS[op], f"    {SIGNS[op]}{count} {_VERBS[op][0 if planning else 1]}"))
    same = changes.get("same", 0)
    if len(found) > 1:
        parts = [f"{sum(found.values())} changes"] + ([f"{same} unchanged"] if same else [])
        lines.append(("", f"    {'. '.join(parts)}"))
    elif same:
        lines.append(("", f"    {same} unchanged"))
    if errored:
        lines.append(("error", f"    {errored} errored"))
    if not planning:
        lines.append(("", f"\nDuration: {summary['durationSeconds']}s"))
    return lines
