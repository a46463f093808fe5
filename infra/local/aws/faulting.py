"""Faults carried out: what a call does before and after the work, as `faults.py` says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import grpc

from infra.local.aws.codec import Properties
from infra.local.aws.errors import abort_half_made
from infra.local.aws.faults import Fault, Mode
from infra.local.aws.spec import AwsError


def before(
    context: grpc.ServicerContext, fault: Fault | None, stopping: threading.Event, what: str
) -> None:
    """Fail, or wait, before anything is done; `what` names the call. Raises `AwsError`."""
    if fault is None:
        return
    if fault.mode is Mode.FAIL:
        raise AwsError(fault.code, fault.message, state=True)
    if fault.mode is Mode.UNKNOWN:
        context.abort(grpc.StatusCode.UNKNOWN, f"{fault.code}: {fault.message}")
    if fault.mode is Mode.DELAY:
        stopping.wait(fault.seconds)
    if fault.mode is Mode.NEVER:
        while context.is_active() and not stopping.wait(0.2):
            pass
        context.abort(grpc.StatusCode.CANCELLED, f"{what} was cancelled")


def after(
    context: grpc.ServicerContext,
    fault: Fault | None,
    leave: Callable[[int], Any],
    made: tuple[str, Properties, Properties],
) -> None:
    """Lose the answer after the work is done; `made` is id, outputs, inputs."""
    if fault is None:
        return
    if fault.mode is Mode.DROP:
        leave(1)
    if fault.mode is Mode.AFTER:
        context.abort(grpc.StatusCode.UNKNOWN, f"{fault.code}: {fault.message}")
    if fault.mode is Mode.PARTIAL:
        abort_half_made(context, *made, f"{fault.code}: {fault.message}")
