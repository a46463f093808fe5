"""A small project on the local engine: programs of a test, the probe provider (or the one for AWS),
a state folder of its own."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.aws.install import install

ROOT = Path(__file__).parents[2]
RECORDINGS = ROOT / "tests/engine/recordings"
RUN_SECONDS = 120
YES = ("--yes", "--skip-preview")
HEAD = "import pulumi\nfrom pulumi import ResourceOptions as Opts\nfrom probe_sdk import Thing\n"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Project:
    """Stack `dev` of project `rec` in `folder`. `prefix` stands before the engine's command."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])
    prefix: tuple[str, ...] = ()
    started: list[subprocess.Popen[str]] = field(default_factory=list[subprocess.Popen[str]])

    @property
    def state(self) -> Path:
        return self.folder / "backend/.pulumi/stacks/rec/dev.json"

    @property
    def world(self) -> Path:
        return self.folder / "world.json"

    @property
    def environment(self) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "of this test",
            "PROBE_STATE": str(self.world),
            "PROBE_FAULTS": str(folder / "faults.json"),
            "PROBE_LOG": str(folder / "calls.jsonl"),
            "GACP_LOCAL_AWS_STORE": str(folder / "world.sqlite"),
            "GACP_AWS_FAULTS": str(folder / "aws-faults.json"),
            "GACP_AWS_DELETE_WAIT": "1",
            **self.variables,
        }

    def program(self, text: str, head: str = HEAD) -> None:
        (self.folder / "work/__main__.py").write_text(head + text, encoding="utf-8")

    def faults(self, faults: dict[str, Any]) -> None:
        (self.folder / "faults.json").write_text(json.dumps(faults), encoding="utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "infra.local.engine", *words, *stack(words)],
            cwd=self.folder / "work",
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def end(self, process: subprocess.Popen[str]) -> Result:
        try:
            out, err = process.communicate(timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        self.started.remove(process)
        return Result(process.returncode, out, err)

    def run(self, *words: str, code: int | None = 0) -> Result:
        """Runs a command to its end; fails where it ends with another code (None: any)."""
        result = self.end(self.start(*words))
        assert code in (None, result.code), f"{words} ended with {result.code}: {result.said}"
        return result

    def await_call(self, call: str, name: str) -> None:
        """Until the probe has got a call that is not a preview's."""

        def seen() -> bool:
            log = self.folder / "calls.jsonl"
            lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
            calls = [json.loads(line) for line in lines if line.endswith("}")]
            asked = [c for c in calls if c["call"] == call and not c.get("preview")]
            return any(c.get("urn", "").endswith(f"::{name}") for c in asked)

        await_that(seen)

    def exported(self) -> dict[str, Any]:
        return json.loads(self.run("stack", "export").out)["deployment"]

    def entries(self) -> dict[str, dict[str, Any]]:
        """Custom resources of the state by name."""
        found = self.exported().get("resources") or []
        return {
            entry["urn"].split("::")[-1]: entry
            for entry in found
            if entry["custom"] and not entry["type"].startswith("pulumi:")
        }

    def pending(self) -> list[tuple[str, str]]:
        found = self.exported().get("pending_operations") or []
        return [(one["type"], one["resource"]["urn"].split("::")[-1]) for one in found]

    def there(self) -> list[str]:
        """Ids that the probe has."""
        if not self.world.exists():
            return []
        with self.world.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH)  # the probe writes it anew in place
            return sorted(json.loads(file.read() or '{"resources": {}}')["resources"])

    def close(self) -> None:
        """Ends what a test left running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


def stack(words: tuple[str, ...]) -> tuple[str, ...]:
    return () if words[:2] == ("stack", "init") else ("--stack", "dev")


def await_that(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(0.02)


def install_probe(project: Project) -> None:
    """The folders of a project, Pulumi.yaml and the probe provider; no stack."""
    folder = project.folder
    for name in ("work", "backend", "home"):
        (folder / name).mkdir(parents=True)
    plugin = folder / "home/plugins/resource-probe-v1.0.0/pulumi-resource-probe"
    plugin.parent.mkdir(parents=True)
    words = shlex.join([sys.executable, str(RECORDINGS / "probe.py")])
    plugin.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    plugin.chmod(0o755)
    shutil.copy(RECORDINGS / "probe_sdk.py", folder / "work")
    (folder / "work/Pulumi.yaml").write_text("name: rec\nruntime: python\n", encoding="utf-8")
    project.faults({})


def make_project(folder: Path, **variables: str) -> Project:
    """With both providers installed and the stack made."""
    project = Project(folder, variables)
    install_probe(project)
    install(folder / "home")
    project.run("stack", "init", "dev")
    project.run("config", "set", "aws:region", "ap-southeast-1")
    return project


def quick_probe(project: Project) -> None:
    """The probe whose calls cost the same however much it has; it keeps no log of them."""
    plugin = project.folder / "home/plugins/resource-probe-v1.0.0/pulumi-resource-probe"
    words = shlex.join([sys.executable, str(ROOT / "tests/engine/bench/quick_probe.py")])
    plugin.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    project.variables["PROBE_LOG"] = ""


def copy_project(project: Project, folder: Path) -> Project:
    shutil.copytree(project.folder, folder)
    return Project(folder, project.variables, project.prefix)
