"""Faults on demand: what `GACP_AWS_FAULTS` says goes wrong.

The variable names a JSON file, read anew at every call:

    {"faults": [{"call": "create", "type": "aws:ec2/subnet:Subnet", "nth": 2, "mode": "fail",
                 "code": "InternalError", "message": "…", "seconds": 3}]}

`call` is create, update, delete or read; `type` a token, or `*`. `nth` counts calls of that kind
and type in this process from 1 (absent: every call). Modes: `fail` (nothing is done;
FAILED_PRECONDITION), `unknown` (nothing is done, code UNKNOWN), `after` (the work is done, then
UNKNOWN), `drop` (the work is done and the process exits without an answer), `partial` (the work is
done, ErrorResourceInitFailed), `delay` (`seconds` before the work), `never` (no answer until the
engine cancels).
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Mode(StrEnum):
    FAIL = "fail"
    UNKNOWN = "unknown"
    AFTER = "after"
    DROP = "drop"
    PARTIAL = "partial"
    DELAY = "delay"
    NEVER = "never"


class FaultsError(Exception):
    """The file of faults cannot be understood; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Fault:
    mode: Mode
    code: str
    message: str
    seconds: float


@dataclass(slots=True)
class Faults:
    """Counts calls and says which of them goes wrong."""

    path: str | None
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, call: str, token: str) -> Fault | None:
        """The fault of this call, if any; counts the call. Raises `FaultsError`."""
        if not self.path:
            return None
        with self._lock:
            self._seen[call, token] += 1
            self._seen[call, "*"] += 1
            counts = dict(self._seen)
        for entry in self._entries():
            kind = str(entry.get("type", "*"))
            if entry.get("call") != call or kind not in (token, "*"):
                continue
            if entry.get("nth") in (None, counts[call, kind]):
                return _fault(entry, call, token)
        return None

    def _entries(self) -> list[dict[str, Any]]:
        try:
            return json.loads(Path(str(self.path)).read_text("utf-8"))["faults"]
        except FileNotFoundError:
            return []  # a test takes the file away to end the faults
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FaultsError(
                f"GACP_AWS_FAULTS names {self.path}, which holds no faults: {error!r}"
            ) from error


def _fault(entry: dict[str, Any], call: str, token: str) -> Fault:
    try:
        mode = Mode(entry["mode"])
    except (KeyError, ValueError) as error:
        raise FaultsError(f"{entry}: mode must be one of {', '.join(Mode)}") from error
    return Fault(
        mode,
        str(entry.get("code", "InternalError")),
        str(entry.get("message", f"{call} of {token} fails, as GACP_AWS_FAULTS asks")),
        float(entry.get("seconds", 0)),
    )
