"""A stack of one resource of each type, whose calls go wrong all at once, and the way back.

What the resources stand on is made beforehand, over gRPC: it is in the account and in no state.
The types run together (`--continue-on-error`), each by itself: nothing in the stack names another
resource of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.infra.local.aws.cases.case import Case
from tests.infra.local.aws.client import Running
from tests.infra.local.aws.ground import Ground
from tests.support.probe import Project, Result, make_project

GOING_ON = ("--yes", "--skip-preview", "--continue-on-error")
PROGRAM = """import json

import pulumi

for entry in json.load(open("resources.json", encoding="utf-8")):
    options = pulumi.ResourceOptions(version="7.51.1")
    pulumi.CustomResource(entry["token"], entry["name"], entry["inputs"], options)
"""
LOST = "after"
FAILS = "fail"
MODES = {FAILS: "fails before the work", LOST: "answer lost after the work"}
CALLS = ("create", "read", "update", "delete")

type Keys = frozenset[tuple[str, str]]


def name_of(case: Case) -> str:
    return case.token.removeprefix("aws:").replace("/", "-").rpartition(":")[0]


@dataclass
class Stack:
    """One stack over several cases. `ground` is what it stands on, by type and id."""

    project: Project
    cases: Sequence[Case]
    least: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    more: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    ground: Keys = frozenset()

    @property
    def world(self) -> Path:
        return self.project.folder / "world.sqlite"

    def prepare(self) -> None:
        """Inputs of each case, with what they stand on made."""
        running = Running(self.world)
        try:
            running.client.configure()
            ground = Ground(running.client)
            for case in self.cases:
                self.least[case.token] = ground.fill(case.least)
                self.more[case.token] = ground.fill(
                    {
                        k: v
                        for k, v in {**case.least, **(case.update or {})}.items()
                        if v is not None
                    }
                )
            running.client.cancel()
        finally:
            running.stop()
        self.ground = self.there()
        self.project.program(PROGRAM, head="")

    def want(self, inputs: dict[str, dict[str, Any]]) -> None:
        entries = [
            {"token": case.token, "name": name_of(case), "inputs": inputs[case.token]}
            for case in self.cases
            if case.token in inputs
        ]
        (self.project.folder / "work/resources.json").write_text(json.dumps(entries), "utf-8")

    def break_(self, call: str, mode: str) -> None:
        faults = [
            {"call": call, "type": case.token, "mode": mode, "message": "as asked"}
            for case in self.cases
        ]
        (self.project.folder / "aws-faults.json").write_text(
            json.dumps({"faults": faults}), "utf-8"
        )

    def mend(self) -> None:
        (self.project.folder / "aws-faults.json").unlink(missing_ok=True)

    def there(self) -> Keys:
        """What is in the account, without what the stack stands on."""
        with closing(sqlite3.connect(self.world)) as db:
            rows = db.execute("SELECT token, id FROM resource").fetchall()
        return frozenset(rows) - self.ground

    def made(self) -> int:
        """How many resources were ever made."""
        with closing(sqlite3.connect(self.world)) as db:
            return db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'resource'").fetchone()[
                0
            ]

    def state(self) -> tuple[Keys, int]:
        """What the state knows, and how many operations it lists as pending."""
        deployment = self.project.exported()
        found = deployment.get("resources") or []
        keys = frozenset(
            (entry["type"], entry["id"])
            for entry in found
            if entry["custom"] and not entry["type"].startswith("pulumi:")
        )
        return keys, len(deployment.get("pending_operations") or [])


def stack_of(folder: Path, cases: Sequence[Case]) -> Stack:
    stack = Stack(make_project(folder), cases)
    stack.prepare()
    return stack


@dataclass
class Outcome:
    """One cell of the table: what was there after the call went wrong, and what ended it."""

    token: str
    call: str
    mode: str
    left: str
    wrong: str = ""


def went_wrong(result: Result, cases: Sequence[Case]) -> set[str]:
    """Types whose failure the command names."""
    return {case.token for case in cases if f"{case.token} ({name_of(case)}):" in result.said}
