"""The lock of a stack: who works on it. It is advice, as the CLI's (`pkg/backend/diy/lock.go`).

A lock never expires. One whose owner was killed stays until `pulumi cancel`.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import uuid
from typing import TYPE_CHECKING, Any

from infra.local.engine.backend import ORGANIZATION
from infra.local.engine.errors import EngineError
from infra.local.engine.state import now

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.engine.backend import Backend


class Locks:
    """The locks of one stack."""

    def __init__(self, backend: Backend, stack: str) -> None:
        self._backend = backend
        self._folder = backend.root / "locks" / ORGANIZATION / backend.project / stack
        self._leftovers = (backend.stack_path(stack).parent, f".{stack}.json*")

    def paths(self) -> list[Path]:
        return sorted(self._folder.glob("[!.]*.json"))

    def take(self) -> Path:
        """Takes the lock; the caller gives it back with `release`. As the CLI: look, write, look
        again, withdraw where somebody else was there too."""
        _refuse(self.paths())
        path = self._folder / f"{uuid.uuid4()}.json"
        body = {
            "pid": os.getpid(),
            "username": getpass.getuser(),
            "hostname": socket.gethostname(),
            "timestamp": now(),
        }
        self._backend.put(path, json.dumps(body))
        others = [other for other in self.paths() if other != path]
        if others:
            self.release(path)
            _refuse(others)
        # Nobody else writes here now: what a killed engine was writing is of no use to anyone.
        for half in self._leftovers[0].glob(self._leftovers[1]):
            half.unlink(missing_ok=True)
        return path

    def release(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".attrs").unlink(missing_ok=True)

    def cancel(self) -> None:
        """Removes all locks, and the halves of locks that were being written."""
        for path in (*self.paths(), *self._folder.glob(".*")):
            self.release(path)


def _refuse(locks: list[Path]) -> None:
    if not locks:
        return
    bodies = [_body(path) for path in locks]
    lines = [
        f"  file://{path}?no_tmp_dir=true: created by {body.get('username')}@"
        f"{body.get('hostname')} (pid {body.get('pid')}) at {body.get('timestamp')}"
        for path, body in zip(locks, bodies, strict=True)
    ]
    gone = [str(body["pid"]) for body in bodies if _is_gone(body)]
    if gone:
        lines.append(
            f"  process {', '.join(gone)} does not run on this machine any more: it was killed. "
            "`pulumi cancel` removes its lock; then run `pulumi refresh`."
        )
    raise EngineError(
        f"the stack is currently locked by {len(locks)} lock(s). Either wait for the other "
        "process(es) to end or delete the lock file with `pulumi cancel`.\n" + "\n".join(lines)
    )


def _body(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _is_gone(body: dict[str, Any]) -> bool:
    """Known only of processes of this machine."""
    pid = body.get("pid")
    if body.get("hostname") != socket.gethostname() or not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
