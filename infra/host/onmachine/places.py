"""Where things are on the machine. `GACP_ROOT` moves all of it below a folder (tests, images)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT_FILE = "/etc/gacp/environment"  # what only this machine knows; secrets, so 0600
EDGE = "/etc/gacp/edge"
RELEASES = "/opt/gacp/releases"
CURRENT = "/opt/gacp/current"
# All that has to outlive the machine or its system disk.
DATA = "/var/lib/gacp"
CERTIFICATES = f"{DATA}/tls"
CHALLENGES = f"{DATA}/acme"
ACCOUNT = f"{DATA}/letsencrypt"
CERTBOT_WORK = "/var/cache/gacp/certbot"
CERTBOT_LOGS = "/var/log/gacp/certbot"
RUN = "/run/gacp"


@dataclass(frozen=True, slots=True)
class Places:
    """`root` is `/` on a machine."""

    root: Path

    @classmethod
    def of(cls, environment: Mapping[str, str] | None = None) -> Places:
        """As `GACP_ROOT` of the environment says."""
        given = os.environ if environment is None else environment
        return cls(Path(given.get("GACP_ROOT") or "/"))

    @property
    def is_machine(self) -> bool:
        """Whether this is the real system, which belongs to root."""
        return self.root == Path("/")

    def at(self, path: str) -> Path:
        """An absolute path of the machine, below the root."""
        return self.root / path.lstrip("/")

    @property
    def current(self) -> Path | None:
        """The folder of the release that serves; `None` before the first start."""
        link = self.at(CURRENT)
        return link.resolve() if link.is_symlink() and link.exists() else None
