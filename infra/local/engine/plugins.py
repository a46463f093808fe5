"""Plugin processes: found where the CLI finds them, started, and stopped."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from infra.local.engine import children
from infra.local.engine.errors import EngineError
from infra.local.engine.secrets import environment_of_children

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.engine.project import Project

START_SECONDS = 60
STOP_SECONDS = 5


def find_plugin(name: str, version: str, project: Project) -> Path:
    """The executable, looked for as the CLI does: Pulumi.yaml's `plugins`, PATH, PULUMI_HOME."""
    program = f"pulumi-resource-{name}"
    for entry in project.plugins:
        if entry.get("name") == name and entry.get("version") in (None, version):
            path = project.root / str(entry.get("path", "")) / program
            if path.is_file():
                return path
            raise EngineError(f"Pulumi.yaml names {path} as plugin {name}: there is no such file")
    if os.environ.get("PULUMI_IGNORE_AMBIENT_PLUGINS", "") not in ("true", "1"):
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            if folder and os.access(Path(folder) / program, os.X_OK):
                return Path(folder) / program
    home = Path(os.environ.get("PULUMI_HOME") or "~/.pulumi").expanduser() / "plugins"
    found = sorted(home.glob(f"resource-{name}-v*"))
    for folder in found:
        if version in ("", folder.name.rpartition("-v")[2]) and (folder / program).is_file():
            return folder / program
    there = ", ".join(folder.name for folder in found) or "none"
    raise EngineError(
        f"plugin {name} {version} not installed: {home} has {there}; `make setup` installs "
        "the providers of this repository"
    )


class PluginProcess:
    """One started plugin; `port` is where it serves. `tell` gets each line that it prints, as
    (severity, text); without it only the last words are kept."""

    def __init__(
        self,
        argv: list[str],
        cwd: Path,
        *,
        name: str = "",
        env: dict[str, str] | None = None,
        tell: Callable[[str, str], None] | None = None,
    ) -> None:
        self._name = name or f"the plugin {argv[0]}"
        self._tell = tell
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment_of_children() if env is None else env,
            process_group=0,
        )
        children.add(self._process)
        self._said: list[bytes] = []
        self._readers: list[threading.Thread] = []
        self._drain(self._process.stderr, "info#err")
        self.port = self._read_port()
        self._drain(self._process.stdout, "info")

    def _drain(self, stream: IO[bytes] | None, severity: str) -> None:
        """A plugin that prints must never wait for a reader. Its last words are kept."""

        def read() -> None:
            for line in stream or ():
                if severity == "info#err":
                    self._said = [*self._said[-9:], line]
                text = line.decode(errors="replace").rstrip("\n")
                if self._tell is not None and text.strip():
                    self._tell(severity, text)

        reader = threading.Thread(target=read, daemon=True)
        self._readers.append(reader)
        reader.start()

    def _read_port(self) -> int:
        line = b""
        if (stream := self._process.stdout) is not None:
            ready, _, _ = select.select([stream], [], [], START_SECONDS)
            line = stream.readline() if ready else b""
        if not line.strip().isdigit():
            status = self.ended(1)
            how = "" if status is None else f"; it ended with status {status}"
            self.stop()
            raise EngineError(
                f"{self._name} did not print its port within {START_SECONDS} s{how}; "
                f"run it by hand to see why. Its last words: {self.last_words() or '(none)'}"
            )
        return int(line)

    def last_words(self) -> str:
        return b"".join(self._said).decode(errors="replace").strip()

    @property
    def status(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._process.poll()

    def ended(self, seconds: float) -> int | None:
        """As `status`, for a connection that was lost: the end of the process may take a moment to
        be seen."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self.status

    def stop(self) -> None:
        """SIGTERM, then SIGKILL. Returns when the process has ended."""
        if self.status is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join(1)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(ValueError, OSError):
                    stream.close()
