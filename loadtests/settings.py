"""What the generator is told by the process that starts it: one JSON file, named by a variable."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

VARIABLE = "GACP_LOADTEST"


class SettingsError(ValueError):
    """The generator was not told what to do."""


@dataclass(frozen=True, slots=True)
class LoadUser:
    """Somebody with a token made beforehand: signing in is not what a load test measures."""

    email: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """One run. `run` marks everything that the run writes; `certificate` exists and is valid."""

    run: str
    users: tuple[LoadUser, ...]
    certificate: str
    rate: float  # requests a second of each user
    count: int  # of users
    seconds: float  # that the run takes
    facts: str  # path of the result

    @property
    def facts_path(self) -> Path:
        return Path(self.facts)


def read_users(path: Path) -> tuple[LoadUser, ...]:
    """The file with tokens: a JSON list of {"email", "token"}. Raises `SettingsError`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        users = tuple(LoadUser(str(one["email"]), str(one["token"])) for one in content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f'{path} can\'t be read ({error!r}): it holds a JSON list of {{"email", "token"}}'
        ) from error
    if not users:
        raise SettingsError(f"{path} names nobody: a load test needs at least one user")
    return users


def write_settings(path: Path, settings: Settings) -> None:
    """Write the file, readable by its owner alone: it holds tokens."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(asdict(settings)), encoding="utf-8")


def settings_from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the variable names. Raises `SettingsError`."""
    if VARIABLE not in environment:
        raise SettingsError(f"{VARIABLE} is not set: start the load test with `gacp loadtest`")
    content = json.loads(Path(environment[VARIABLE]).read_text(encoding="utf-8"))
    users = tuple(LoadUser(**user) for user in content.pop("users"))
    return Settings(users=users, **content)
