"""The section `Policies:` of the display: each pack with what it changed and what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.rows import changed_keys, kind_and_name

if TYPE_CHECKING:
    from infra.local.engine.events import Event

_LEVELS = ("remediate", "mandatory", "advisory", "disabled")
_SEVERITIES = ("critical", "high", "medium", "low", "")


class Verdicts:
    """Gathers policy events of one phase."""

    def __init__(self) -> None:
        self._found: list[Event] = []
        self._changed: list[Event] = []

    def violation(self, body: Event) -> None:
        self._found.append(body)

    def remediation(self, body: Event) -> None:
        self._changed.append(body)

    @property
    def forbidden(self) -> bool:
        return any(body["enforcementLevel"] == "mandatory" for body in self._found)

    def lines(self, packs: dict[str, str], *, detailed: bool) -> list[tuple[str, str]]:
        """(kind of colour, line); `packs` are the summary's, `detailed` shows each remediation."""
        places: dict[str, list[str]] = {}
        for label, version in packs.items():
            name, _, path = label.split("|", 2)
            places.setdefault(f"{name}@v{version}", []).append(path)
        lines: list[tuple[str, str]] = []
        for key, paths in sorted(places.items()):
            found = [body for body in self._found if _key(body) == key]
            changed = [body for body in self._changed if _key(body) == key]
            lines.append(("", f"    {_mark(found)} {key} (local: {'; '.join(sorted(paths))})"))
            lines += _detailed(changed) if detailed else _counted(changed)
            for body in sorted(found, key=_rank):
                lines += _violation(body)
        return lines


def _key(body: Event) -> str:
    return f"{body['policyPackName']}@v{body['policyPackVersion']}"


def _rank(body: Event) -> tuple[int, int, str, str]:
    level = _LEVELS.index(body["enforcementLevel"])
    grave = _SEVERITIES.index(body.get("severity", ""))
    return level, grave, body["policyName"], body["resourceUrn"]


def _mark(found: list[Event]) -> str:
    if any(body["enforcementLevel"] == "mandatory" for body in found):
        return "❌"
    return "⚠️" if found else "✅"


def _of(body: Event) -> str:
    kind, name = kind_and_name(body["resourceUrn"])
    return f"({kind}: {name})"


def _violation(body: Event) -> list[tuple[str, str]]:
    colour = "error" if body["enforcementLevel"] == "mandatory" else "warning"
    grave = f" [severity: {body['severity']}]" if body.get("severity") else ""
    head = f"[{body['enforcementLevel']}]{grave}  {body['policyName']}  {_of(body)}"
    text = body["message"].rstrip("\n").split("\n")
    return [(colour, f"        - {head}"), *[("", f"          {line}") for line in text]]


def _counted(changed: list[Event]) -> list[tuple[str, str]]:
    counts: dict[str, int] = {}
    for body in changed:
        counts[body["policyName"]] = counts.get(body["policyName"], 0) + 1
    return [
        ("note", f"        - [remediate]  {name}  ({count} resource{'' if count == 1 else 's'})")
        for name, count in sorted(counts.items())
    ]


def _detailed(changed: list[Event]) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for body in changed:
        old, new = body.get("before", {}), body.get("after", {})
        diffs = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        meta = {"old": {"inputs": old}, "new": {"inputs": new}, "diffs": diffs}
        if text := changed_keys(meta):
            line = f"        - [remediate]  {body['policyName']}  {_of(body)} [diff: {text}]"
            lines.append(("note", line))
    return lines
