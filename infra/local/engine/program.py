"""Starts the program in a process of its own and passes on what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from infra.local.engine import children
from infra.local.engine.run_program import TOLD
from infra.local.engine.secrets import environment_of_children

if TYPE_CHECKING:
    from infra.local.engine.deployment import Deployment
    from infra.local.engine.project import Configuration, Project

STOP_SECONDS = 3


def interpreter(project: Project) -> str:
    """The Python of Pulumi.yaml's `runtime.options.virtualenv`, else the one that runs us."""
    runtime = project.document.get("runtime")
    options = (runtime.get("options") or {}) if isinstance(runtime, dict) else {}
    if name := options.get("virtualenv"):
        path = project.root / name / "bin" / "python"
        if path.exists():
            return str(path)
    return sys.executable


def start(
    project: Project, config: Configuration, deployment: Deployment, address: str
) -> subprocess.Popen[bytes]:
    """The started program; its output is shown as it comes."""
    arguments = {
        "monitor": address,
        "engine": address,
        "project": project.name,
        "stack": deployment.stack,
        "root": str(project.root),
        "parallel": str(deployment.options.parallel),
        "program": str(project.main),
    }
    script = str(Path(__file__).with_name("run_program.py"))
    argv = [interpreter(project), "-u", script]
    for name, value in arguments.items():
        argv += [f"--{name}", value]
    if deployment.options.dry_run:
        argv.append("--dry-run")
    environment = {
        **environment_of_children(),
        "PULUMI_CONFIG": json.dumps(config.values),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(config.secret_keys)),
    }
    process = subprocess.Popen(
        argv,
        cwd=project.main,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    )
    children.add(process)
    return process


def _pass_on(stream: IO[bytes] | None, severity: str, deployment: Deployment) -> None:
    for line in stream or ():
        text = line.decode(errors="replace").rstrip("\n")
        if not deployment.stopping.is_set():
            deployment.events.diagnostic(severity, f"{text}\n\n")


def run(project: Project, config: Configuration, deployment: Deployment, address: str) -> bool:
    """Returns when the program has ended, or was ended because the deployment is. True: it came
    to its end, so that what it did not register is not wanted.

    A program that fails without having said why is reported.
    """
    process = start(project, config, deployment, address)
    readers = [
        threading.Thread(target=_pass_on, args=(stream, severity, deployment), daemon=True)
        for stream, severity in ((process.stdout, "info"), (process.stderr, "info#err"))
    ]
    for reader in readers:
        reader.start()
    watcher = threading.Thread(target=_watch, args=(process, deployment), daemon=True)
    watcher.start()
    code = process.wait()
    for reader in readers:
        reader.join(STOP_SECONDS)
    if deployment.stopping.is_set() or code == 0:
        return code == 0 and not deployment.stopping.is_set()
    deployment.failed = deployment.program_failed = True
    if code != TOLD:
        deployment.events.diagnostic(
            "error",
            f"an unhandled error occurred: program exited with non-zero exit code: {code}\n",
        )
    return False


def _watch(process: subprocess.Popen[bytes], deployment: Deployment) -> None:
    """Ends the program soon after the deployment has begun to end."""
    while process.poll() is None:
        if not deployment.stopping.wait(0.2):
            continue
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        return
