"""A project of its own with the probe provider, on which the engine runs as a person runs it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).with_name("recordings")
ROOT = RECORDINGS.parents[2]


@dataclass
class Run:
    """What a command left: its status, its texts, its events as (kind, body)."""

    code: int
    out: str
    err: str
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        return [body for name, body in self.events if name == kind]

    def ops(self) -> list[str]:
        """`op name` of every step that ended, without the engine's own providers."""
        metas = [body["metadata"] for body in self.bodies("resOutputsEvent")]
        return [
            f"{meta['op']} {meta['urn'].rpartition('::')[2]}"
            for meta in metas
            if ":providers:" not in meta["urn"]
        ]


class Playground:
    """Files below `top`; stack `dev` of project `rec`."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.work = top / "work"
        plugin = top / "home" / "plugins" / "resource-probe-v1.0.0" / "pulumi-resource-probe"
        plugin.parent.mkdir(parents=True)
        self.work.mkdir()
        probe = shlex.quote(str(RECORDINGS / "probe.py"))
        plugin.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {probe} "$@"\n')
        plugin.chmod(0o755)
        (self.work / "probe_sdk.py").write_text((RECORDINGS / "probe_sdk.py").read_text())
        (self.work / "Pulumi.yaml").write_text("name: rec\nruntime: python\n")
        (top / "backend").mkdir()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(top),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PULUMI_HOME": str(top / "home"),
            "PULUMI_BACKEND_URL": f"file://{top / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "playground",
            "PROBE_STATE": str(top / "store.json"),
            "PROBE_FAULTS": str(top / "faults.json"),
            "PROBE_LOG": str(top / "calls.jsonl"),
        }
        self.argv = [sys.executable, "-m", "infra.local.engine"]
        assert self.run("stack", "init", "dev").code == 0

    def program(self, text: str) -> None:
        (self.work / "__main__.py").write_text(text)

    def faults(self, faults: dict[str, Any]) -> None:
        (self.top / "faults.json").write_text(json.dumps(faults))

    def pack(self, name: str, text: str, version: str = "0.2.0") -> None:
        """A policy pack in the folder `name`; `text` has the SDK's names imported."""
        folder = self.work / name
        folder.mkdir(exist_ok=True)
        (folder / "PulumiPolicy.yaml").write_text(f"runtime: python\nversion: {version}\n")
        (folder / "__main__.py").write_text(f"from pulumi_policy import *\n{text}")

    def run(self, *words: str, env: dict[str, str] | None = None) -> Run:
        log = self.top / "events.jsonl"
        log.unlink(missing_ok=True)
        known = words[0] in ("preview", "up", "refresh", "destroy")
        extra = ["--event-log", str(log)] if known else []
        done = subprocess.run(
            [*self.argv, *words, *extra],
            cwd=self.work,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        lines = log.read_text().splitlines() if log.exists() else []
        events = [
            (kind, body)
            for line in lines
            for kind, body in json.loads(line).items()
            if kind.endswith("Event")
        ]
        return Run(done.returncode, done.stdout, done.stderr, events)

    def calls(self) -> list[str]:
        """`Call name` of everything that the probe was asked since the last time, but for
        previews."""
        log = self.top / "calls.jsonl"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        asked = [json.loads(line) for line in lines]
        return [
            f"{call['call']} {call.get('urn', '').rpartition('::')[2]}".rstrip()
            for call in asked
            if not call.get("preview")
        ]

    def works(self) -> list[str]:
        """The calls that do something."""
        quick = ("Check", "Diff", "Configure", "Invoke")
        return [call for call in self.calls() if not call.startswith(quick)]

    def drift(self, ident: str, **inputs: Any) -> None:
        """Changes a resource behind the engine's back; without inputs it is gone."""
        store = json.loads((self.top / "store.json").read_text())
        if inputs:
            store["resources"][ident]["inputs"].update(inputs)
        else:
            del store["resources"][ident]
        (self.top / "store.json").write_text(json.dumps(store))

    def resources(self) -> list[dict[str, Any]]:
        """The state's entries in their order, without providers and the Stack."""
        document = json.loads(self.run("stack", "export").out)
        found = document["deployment"].get("resources") or []
        return [entry for entry in found if not entry["type"].startswith("pulumi:")]

    def state(self) -> dict[str, dict[str, Any]]:
        """The entries of the state by their name."""
        document = json.loads(self.run("stack", "export").out)
        resources = document["deployment"].get("resources") or []
        return {entry["urn"].rpartition("::")[2]: entry for entry in resources}
