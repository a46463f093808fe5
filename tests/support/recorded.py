"""States and backend files as the Pulumi CLI left them, made from its recordings: the placeholders
that `tests/engine/recordings/replay.py` put in become real values again."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.engine.secrets import Secrets
from tests.engine.replaying import SCENARIOS, steps_of

PHRASE = "recordings"
UNRECORDED = '"not recorded"'
"""JSON text that stands for a secret whose clear text was not recorded."""

_TIME = "2026-01-02T03:04:05.678901234+07:00"
_STAMP = 1767297845000000000  # nanoseconds, as in the names of history files
_NAMED = {
    "<time>": _TIME,
    "<magic>": "6c2e4bcb1ac30bfa5d5a4d7e9f3d2d5f0a6f4b8e0e6f1c0f5c8d4e3f2a1b0c9d",
    "<version>": "v3.259.0",
    "<outside>": "project:///../venv/site-packages/pulumi/runtime/stack.py#1",
    "<startTime>": 1767297845,
    "<endTime>": 1767297849,
    "<hostname>": "build-7",
    "<username>": "somebody",
    "<timestamp>": _TIME,
    "<pid>": 1,
}


@dataclass(frozen=True)
class Recorded:
    """One state of a scenario: after step `number`, with `shown` if its secrets are known."""

    scenario: str
    number: int
    state: dict[str, Any]
    shown: dict[str, Any] | None


def states(scenario: str) -> Iterator[Recorded]:
    """Each state that was recorded whole."""
    for folder in sorted((SCENARIOS / scenario / "expected").iterdir()):
        path = folder / "state.json"
        if path.exists() and "deployment" in (state := json.loads(path.read_text())):
            shown = folder / "state-show-secrets.json"
            yield Recorded(
                scenario,
                int(folder.name[:2]),
                state,
                json.loads(shown.read_text()) if shown.exists() else None,
            )


def _uuid(match: re.Match[str]) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, match.group(0)))


def _text(text: str) -> Any:
    if text in _NAMED:
        return _NAMED[text]
    text = re.sub(r"<uuid-\d+>", _uuid, text)
    return re.sub(r"<ns-(\d+)>", lambda m: str(_STAMP + int(m.group(1))), text)


def concrete(value: Any, secrets: Secrets, shown: Any = None, plain: str = UNRECORDED) -> Any:
    """`value` with real values. Of `shown`, the same with `plaintext` for `ciphertext`, come the
    texts of secrets; where it has none, `plain`."""
    if isinstance(value, dict):
        other = shown if isinstance(shown, dict) else {}
        out: dict[str, Any] = {}
        for key, part in value.items():
            if part == "<ciphertext>" and key in ("ciphertext", "secure"):
                out[key] = secrets.encrypt(other.get("plaintext", plain))
            elif part == "<salt>":
                out[key] = secrets.salt
            else:
                out[str(_text(key))] = concrete(part, secrets, other.get(key), plain)
        return out
    if isinstance(value, list):
        others = shown if isinstance(shown, list) else [None] * len(value)
        return [concrete(v, secrets, s, plain) for v, s in zip(value, others, strict=True)]
    return _text(value) if isinstance(value, str) else value


def _needs(entry: dict[str, Any]) -> set[str]:
    found = {*entry.get("dependencies", ()), entry.get("parent", "")}
    found.add(entry.get("provider", "").rpartition("::")[0])
    return found


def in_order(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the CLI keeps them: what others need stands before them. (Recordings are sorted.)"""
    left, out = list(resources), list[dict[str, Any]]()
    while left:
        waiting = {entry["urn"] for entry in left if not entry.get("delete")}
        free = [e for e in left if not (_needs(e) & waiting) - {e["urn"]}]
        out += free or left
        left = [e for e in left if e not in free] if free else []
    return out


def deployment(
    recorded: dict[str, Any],
    secrets: Secrets,
    shown: dict[str, Any] | None = None,
    plain: str = UNRECORDED,
) -> dict[str, Any]:
    """The deployment that `stack export` gave, as it was before it was recorded."""
    made = concrete(recorded["deployment"], secrets, (shown or {}).get("deployment"), plain)
    if "resources" in made:
        made["resources"] = in_order(made["resources"])
    return made


def put_state(backend: Path, made: dict[str, Any]) -> None:
    """A state folder with nothing but the stack, in the CLI's layout."""
    root = backend / ".pulumi"
    stack = root / "stacks/rec/dev.json"
    stack.parent.mkdir(parents=True, exist_ok=True)
    (root / "meta.yaml").write_text("version: 1\n")
    checkpoint = {"stack": "organization/rec/dev", "latest": made}
    stack.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}, indent=4))


def put_files(backend: Path, files: dict[str, Any], secrets: Secrets, plain: str) -> None:
    """All files of a recorded state folder."""
    for name, body in files.items():
        path = backend / ".pulumi" / str(_text(name)).replace("<uuid>", str(uuid.uuid4()))
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".attrs"):
            body = dict.fromkeys(body, "")
        if isinstance(body, dict) and body.get("checkpoint", {}).get("latest"):
            latest = deployment({"deployment": body["checkpoint"]["latest"]}, secrets, None, plain)
            body = {**body, "checkpoint": {**body["checkpoint"], "latest": latest}}
        else:
            body = concrete(body, secrets, None, plain)
        path.write_text(body if isinstance(body, str) else json.dumps(body, indent=4))


def world(made: dict[str, Any]) -> dict[str, Any]:
    """What the probe provider has (see its head) where all of the state exists."""
    things = {
        entry["id"]: {
            "kind": entry["type"].rpartition(":")[2],
            "name": entry["id"].rpartition("-")[0],
            "serial": entry["outputs"]["serial"],
            "inputs": {k: v for k, v in entry["inputs"].items() if "ciphertext" not in str(v)},
        }
        for entry in made.get("resources", ())
        if entry["type"].startswith("probe:index:") and entry["custom"]
    }
    return {"counts": {one["name"]: 1 for one in things.values()}, "resources": things}


def stack_file(scenario: str, before: int, secrets: Secrets) -> dict[str, Any]:
    """Pulumi.dev.yaml as it is before step `before`."""
    spec = json.loads((SCENARIOS / scenario / "scenario.json").read_text())
    config: dict[str, Any] = dict(spec.get("config", {}))
    for step in steps_of(scenario)[: before - 1]:
        if step["cmd"] == "config" and step["args"][0] == "set":
            config[step["args"][1]] = step["args"][2]
    values = {
        key: {"secure": secrets.encrypt(value["secret"])} if isinstance(value, dict) else value
        for key, value in config.items()
    }
    return {"encryptionsalt": secrets.salt, **({"config": values} if values else {})}
