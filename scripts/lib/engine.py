"""Runs `pulumi` as a process and never knows which engine answers (docs/architecture.md)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.lib.command import CommandError

ANSWER_SECONDS = 30.0
INTERRUPT_SECONDS = 30.0  # to write the state down and leave
OURS = "+gacp"  # in the version of the local engine

type Event = Mapping[str, Any]


class EngineFailedError(CommandError):
    """The engine ended with an error or not in time; the text holds the end of what it said."""


class NoCliError(CommandError):
    """The Pulumi CLI is wanted and is not on PATH."""


@dataclass(frozen=True, slots=True)
class EngineResult:
    """How a run ended. `events` are the engine's own, in order (apitype/events.go)."""

    code: int
    output: str
    errors: str
    events: Sequence[Event] = ()

    @property
    def changes(self) -> Mapping[str, int]:
        """Resources by operation, such as create, update, same; empty where none was counted."""
        for event in reversed(self.events):
            if "summaryEvent" in event:
                return dict(event["summaryEvent"].get("resourceChanges") or {})
        return {}

    @property
    def changed(self) -> int:
        """How many resources were, or would be, touched."""
        return sum(count for operation, count in self.changes.items() if operation != "same")

    @property
    def diagnostics(self) -> list[str]:
        """What the engine and the program said as errors."""
        texts = [e["diagnosticEvent"] for e in self.events if "diagnosticEvent" in e]
        return [str(t.get("message", "")).strip() for t in texts if t.get("severity") == "error"]


@dataclass(frozen=True, slots=True)
class Engine:
    """One `pulumi` with its environment, run in the project's folder."""

    command: Path
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def run(
        self,
        words: Sequence[str],
        seconds: float,
        *,
        events: bool = False,
        watch: Callable[[Event], None] | None = None,
    ) -> EngineResult:
        """Run to the end, whatever its exit code.

        With `events` the event log is asked for, and `watch` sees each event as it is written.
        After `seconds` the engine is interrupted, so that it leaves a readable state, and
        `EngineFailedError` is raised.
        """
        with tempfile.TemporaryDirectory(prefix="gacp-engine-") as scratch:
            log = Path(scratch) / "events.jsonl"
            extra = ["--event-log", str(log)] if events else []
            process = subprocess.Popen(
                [str(self.command), *words, *extra],
                cwd=self.folder,
                env={**os.environ, **_QUIET, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            follower = _Follower(log, watch) if events and watch else None
            try:
                output, errors = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired as error:
                said = _interrupt(process)
                raise EngineFailedError(
                    f"`pulumi {words[0]}` did not end within {seconds:.0f} s and was interrupted; "
                    f"its state is whole, the same command goes on:\n{_end(said)}"
                ) from error
            except KeyboardInterrupt:
                _interrupt(process)
                raise
            finally:
                if follower:
                    follower.stop()
            lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
            return EngineResult(process.returncode, output, errors, [json.loads(x) for x in lines])

    def must(self, words: Sequence[str], seconds: float = ANSWER_SECONDS) -> EngineResult:
        """Run and raise `EngineFailedError` where the exit code isn't 0."""
        return succeeded(self.run(words, seconds), words)


def succeeded(result: EngineResult, words: Sequence[str]) -> EngineResult:
    """The result itself, or an `EngineFailedError` with the reason that the engine gave."""
    if result.code:
        reason = "\n".join(result.diagnostics) or result.errors or result.output
        raise EngineFailedError(
            f"`pulumi {' '.join(words[:2])}` ended with exit code {result.code}:\n{_end(reason)}"
        )
    return result


def find_cli(path: str | None = None) -> Path:
    """The Pulumi CLI: the first `pulumi` on PATH that isn't the local engine.

    Raises `NoCliError` saying how to get it.
    """
    folders = (os.environ.get("PATH", "") if path is None else path).split(os.pathsep)
    for folder in folders:
        found = shutil.which("pulumi", path=folder) if folder else None
        if found and OURS not in _version(found):
            return Path(found)
    raise NoCliError(
        "this needs the Pulumi CLI, and there is none on PATH: install it as "
        "https://www.pulumi.com/docs/install/ says (no package registry has it), or add --offline "
        "where the command knows it"
    )


def _version(command: str) -> str:
    done = subprocess.run(
        [command, "version"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
    )
    return done.stdout.strip()


# No question to the network that nobody asked for, no color in what is kept; the event log's flag
# exists only with the debugging commands (facts: pulumi.md, events).
_QUIET = {
    "PULUMI_DEBUG_COMMANDS": "1",
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "NO_COLOR": "1",
}


def _interrupt(process: subprocess.Popen[str]) -> str:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        output, errors = process.communicate(timeout=INTERRUPT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
    return errors or output


def _end(text: str, lines: int = 20) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-lines:])


class _Follower:
    """Reads the event log while it grows, in a thread of its own."""

    def __init__(self, log: Path, watch: Callable[[Event], None]) -> None:
        self._log, self._watch, self._ended = log, watch, threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        position, rest = 0, ""
        while True:
            last_look = self._ended.is_set()
            if self._log.exists():
                with self._log.open(encoding="utf-8") as file:
                    file.seek(position)
                    rest += file.read()
                    position = file.tell()
            *whole, rest = rest.split("\n")
            for line in whole:
                self._watch(json.loads(line))
            if last_look:
                return
            time.sleep(0.1)
