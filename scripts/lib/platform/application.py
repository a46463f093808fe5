"""The application of stack `local`, started from what the stack put out; nginx in front of it."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.edge.model import EdgeModel, Upstream
from infra.edge.nginx import NginxPaths, render_nginx
from infra.local.services import nginx
from infra.local.services.files import write_atomically, write_if_changed
from infra.local.services.launch import Probe, ProbeKind, Program
from infra.local.services.layout import Layout
from infra.local.services.marking import minimal_environment
from infra.local.services.ports import LOOPBACK
from infra.local.services.supervisor import Applied, Supervisor
from infra.workloads.processes import LocalProcess
from scripts.lib.command import CommandError

GROUP = "app"
MIGRATE_SECONDS = 120.0
SEED_SECONDS = 120.0
AWS_SECONDS = 10  # for one call to the AWS API on loopback
JWT_SECRET_BYTES = 48
METRICS_TOKEN_BYTES = 32
PASSWORD_BYTES = 18
ROLES = ("farmer", "inspector", "approver", "administrator")
SOURCE_SUFFIXES = {".pyc"}  # what running writes beside the source


def put_application_secret(
    outputs: Mapping[str, object], processes: Sequence[LocalProcess]
) -> bool:
    """Put a random value into the application's secret where it has none, and say whether it did.

    The program makes the secret without a value, so that none is ever in the state.
    """
    # Imported late: boto3 takes 0.3 s, and only `up` needs it.
    import boto3
    from botocore.config import Config

    environment = processes[0].environment
    client: Any = boto3.client(
        "secretsmanager",
        region_name=environment["AWS_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            connect_timeout=AWS_SECONDS, read_timeout=AWS_SECONDS, retries={"max_attempts": 2}
        ),
    )
    arn = str(outputs["appSecretArn"])
    try:
        client.get_secret_value(SecretId=arn)
    except client.exceptions.ResourceNotFoundException:
        value = {
            "jwtSecret": secrets.token_urlsafe(JWT_SECRET_BYTES),
            "metricsToken": secrets.token_urlsafe(METRICS_TOKEN_BYTES),
        }
        client.put_secret_value(SecretId=arn, SecretString=json.dumps(value))
        return True
    return False


def run_once(layout: Layout, process: LocalProcess) -> None:
    """A one-shot process, to its end. Raises `CommandError` with the end of what it said."""
    _run(layout, process.argv, process.environment, process.name, MIGRATE_SECONDS)


def write_accounts(layout: Layout) -> None:
    """One sign-in a role, with a random password, once; the file is its owner's alone."""
    if layout.accounts_file.exists():
        return
    accounts = {
        role: {
            "email": f"{role}@gacp.example",
            "password": secrets.token_urlsafe(PASSWORD_BYTES),
        }
        for role in ROLES
    }
    write_atomically(layout.accounts_file, json.dumps(accounts, indent=1) + "\n", 0o600)


def seed(layout: Layout, processes: Sequence[LocalProcess]) -> Mapping[str, object]:
    """One account a role and one certificate; what is there already stays.

    The seeded passwords are in `accounts.json` (0600), the certificate's number in `seed.json`.
    """
    write_accounts(layout)
    words = (str(layout.python), "-m", "app", "seed", "--accounts", str(layout.accounts_file))
    printed = _run(layout, words, processes[0].environment, "seed", SEED_SECONDS)
    try:
        seeded: dict[str, object] = json.loads(printed.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise CommandError(
            f"`python -m app seed` should end with a line of JSON and printed: {printed[-300:]!r}"
        ) from error
    write_atomically(layout.run / "seed.json", json.dumps(seeded) + "\n")
    return seeded


def start_application(
    layout: Layout,
    supervisor: Supervisor,
    processes: Sequence[LocalProcess],
    edge_port: int,
    report: Callable[[str], None],
) -> Applied:
    """Start api, portal and worker, then nginx over them; what runs unchanged is left alone.

    Raises `ServicesError` where one doesn't get ready.
    """
    revision = source_revision(layout.repository / "app")
    programs = [
        _program(layout, process, revision) for process in processes if not process.one_shot
    ]
    binary = nginx.prepare(layout.tools, report)
    _render_edge(layout, binary, processes, edge_port)
    return supervisor.apply(GROUP, [*programs, nginx.program(layout, binary, edge_port)])


def source_revision(folder: Path) -> str:
    """A digest of a package's files: processes of another source are started anew."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix not in SOURCE_SUFFIXES:
            whole.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()


def _program(layout: Layout, process: LocalProcess, revision: str) -> Program:
    probe = None
    if process.port is not None and process.ready_path is not None:
        probe = Probe(ProbeKind.HTTP, LOOPBACK, process.port, process.ready_path)
    return Program(
        name=process.name,
        argv=process.argv,
        directory=layout.repository,
        ready=probe,
        environment=process.environment,
        tier=1,
        stop_seconds=process.stop_seconds,
        revision=revision,
    )


def _render_edge(
    layout: Layout, binary: str, processes: Sequence[LocalProcess], edge_port: int
) -> None:
    upstreams = {
        str(upstream): [
            (LOOPBACK, process.port)
            for process in processes
            if process.name.startswith(f"{upstream}-") and process.port is not None
        ]
        for upstream in Upstream
    }
    text = render_nginx(
        EdgeModel(),
        upstreams,
        (LOOPBACK, edge_port),
        paths=NginxPaths(error_log=str(layout.log / "nginx-error.log")),
        # As root nginx would hand its workers to `nobody`, who can't read a checkout below /root.
        run_as=pwd.getpwuid(0).pw_name if os.geteuid() == 0 else None,
    )
    folder = nginx.prefix(layout)
    for name in ("logs", "temp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_if_changed(folder / nginx.CONFIGURATION, text)
    if refusal := nginx.check(layout, binary):
        raise CommandError(
            f"nginx refuses the rendered {folder / nginx.CONFIGURATION}: {refusal}; the edge "
            "model (infra/edge) and its template don't agree with this nginx"
        )


def _run(
    layout: Layout,
    words: Sequence[str],
    environment: Mapping[str, str],
    what: str,
    seconds: float,
) -> str:
    log = layout.log / f"{what}.log"
    try:
        done = subprocess.run(
            list(words),
            cwd=layout.repository,
            env={**minimal_environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandError(
            f"`python -m app {what}` did not end within {seconds:.0f} s: `gacp doctor` says "
            "whether its services answer; then run the same command again"
        ) from error
    with log.open("a", encoding="utf-8") as file:
        file.write(done.stderr)
    if done.returncode:
        said = "\n".join(f"  {x}" for x in (done.stderr or done.stdout).splitlines()[-15:])
        raise CommandError(f"`python -m app {what}` ended with {done.returncode} ({log}):\n{said}")
    return done.stdout
