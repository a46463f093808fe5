"""The AWS API as a supervised program."""

from __future__ import annotations

import sys
from pathlib import Path

from infra.local.services.launch import Probe, ProbeKind, Program

HOST = "127.0.0.1"
READY_PATH = "/moto-api/ready"
STOP_SECONDS = 10


def program(port: int, data: Path | None) -> Program:
    """The API on loopback `port`, its state in `data`; None keeps nothing beyond the process."""
    root = Path(__file__).parents[4]
    store = ("--memory",) if data is None else ("--data", str(data.absolute()))
    return Program(
        name="aws-api",
        argv=(
            sys.executable,
            "-m",
            "infra.local.services.aws_api",
            "--port",
            str(port),
            *store,
        ),
        directory=root,
        ready=Probe(ProbeKind.HTTP, HOST, port, READY_PATH),
        environment={"PYTHONPATH": str(root)},
        stop_seconds=STOP_SECONDS,
    )
