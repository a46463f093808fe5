"""Where everything lies that is made at run time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]

LOCAL_DIR_VARIABLE = "GACP_LOCAL_DIR"

# Every supervised process carries this variable, so that a leftover is known by its own
# environment even after the supervisor and all its records are gone (see stop.py).
MARKER_VARIABLE = "GACP_SUPERVISED"

# sun_path holds 108 bytes with the final zero (unix(7)); supervisord first binds NAME.PID.
LONGEST_SOCKET_PATH = 107 - len(".4194304")


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one platform on this machine.

    `repository` is the checkout; `local` is the root of what is made at run time; `shared` is the
    checkout's own `.local`, which holds what platforms of one checkout share: environment, tools.
    """

    repository: Path
    local: Path
    shared: Path

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, repository: Path = REPOSITORY
    ) -> Layout:
        """The layout that `GACP_LOCAL_DIR` names, else the checkout's own `.local`."""
        given = (os.environ if environment is None else environment).get(LOCAL_DIR_VARIABLE)
        shared = repository / ".local"
        return cls(repository, Path(given).resolve() if given else shared, shared)

    @property
    def run(self) -> Path:
        """Sockets, endpoints, remembered ports, rendered configuration."""
        return self.local / "run"

    @property
    def log(self) -> Path:
        return self.local / "log"

    @property
    def data(self) -> Path:
        return self.local / "data"

    @property
    def secrets(self) -> Path:
        return self.local / "secrets"

    @property
    def state(self) -> Path:
        return self.local / "state"

    @property
    def config(self) -> Path:
        return self.local / "config"

    @property
    def offline(self) -> Path:
        return self.local / "offline"

    @property
    def pulumi_home(self) -> Path:
        return self.local / "pulumi"

    @property
    def tools(self) -> Path:
        return self.shared / "tools"

    @property
    def bin(self) -> Path:
        return self.shared / "bin"

    @property
    def python(self) -> Path:
        return self.shared / "venv" / "bin" / "python"

    @property
    def endpoints_file(self) -> Path:
        return self.run / "endpoints.json"

    @property
    def ports_file(self) -> Path:
        return self.run / "ports.json"

    @property
    def programs_file(self) -> Path:
        return self.run / "programs.json"

    @property
    def supervisor_configuration(self) -> Path:
        return self.run / "supervisord.conf"

    @property
    def supervisor_socket(self) -> Path:
        """The control socket; in the temporary folder where this checkout lies too deep for one."""
        socket = self.run / "supervisor.sock"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        name = hashlib.sha256(os.fsencode(self.local)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"gacp-{os.getuid()}-{name}" / "supervisor.sock"

    @property
    def accounts_file(self) -> Path:
        return self.secrets / "accounts.json"

    @property
    def passphrase_file(self) -> Path:
        return self.secrets / "passphrase"

    @property
    def marker(self) -> str:
        """The value of `GACP_SUPERVISED` in every process of this platform."""
        return str(self.local)

    def create(self) -> None:
        """Make the folders. Raises `OSError` where they can't be written."""
        for folder in (self.run, self.log, self.data, self.state, self.config, self.tools):
            folder.mkdir(parents=True, exist_ok=True)
        for private in (self.secrets, self.supervisor_socket.parent):
            if private != self.run:
                private.mkdir(mode=0o700, parents=True, exist_ok=True)
                private.chmod(0o700)
