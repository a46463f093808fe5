"""Pulumi.yaml, the stack's file, and the configuration that a program gets from them."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from infra.local.engine import points
from infra.local.engine.errors import EngineError

if TYPE_CHECKING:
    from infra.local.engine.secrets import Secrets


@dataclass(frozen=True)
class Project:
    """What this engine uses of Pulumi.yaml."""

    name: str
    root: Path
    main: Path
    document: dict[str, Any]

    @property
    def plugins(self) -> list[dict[str, Any]]:
        return (self.document.get("plugins") or {}).get("providers") or []


def load_yaml(path: Path) -> dict[str, Any]:
    """Raises EngineError where the file is no YAML map."""
    try:
        document = yaml.safe_load(path.read_text()) or {}
    except yaml.YAMLError as error:
        raise EngineError(f"{path} is no valid YAML: {error}") from error
    if not isinstance(document, dict):
        raise EngineError(f"{path} must hold a map, not {type(document).__name__}")
    return document


def find_project(start: Path) -> Project:
    """Looks for Pulumi.yaml from `start` upwards, as the CLI does."""
    for folder in (start, *start.parents):
        path = folder / "Pulumi.yaml"
        if path.is_file():
            document = load_yaml(path)
            name = document.get("name")
            if not name:
                raise EngineError(f"{path} has no `name`: the project needs one")
            runtime = document.get("runtime")
            language = runtime.get("name") if isinstance(runtime, dict) else runtime
            if language != "python":
                raise EngineError(
                    f"{path} has runtime {language!r}: the local engine runs Python programs only; "
                    "use the Pulumi CLI"
                )
            main = folder / document.get("main", ".")
            return Project(str(name), folder, main, document)
    raise EngineError(
        f"no Pulumi.yaml in {start} or a folder above: go to the project's folder or give -C FOLDER"
    )


class StackFile:
    """Pulumi.STACK.yaml: the stack's salt and configuration. Written atomically, order kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document: dict[str, Any] = load_yaml(path) if path.exists() else {}
        self.config: dict[str, Any] = self.document.get("config") or {}

    @property
    def salt(self) -> str | None:
        return self.document.get("encryptionsalt")

    @property
    def provider(self) -> str | None:
        """A secrets provider other than the passphrase, for example `awskms://…`."""
        name = self.document.get("secretsprovider")
        return None if name in (None, "", "passphrase", "default") else str(name)

    def save(self) -> None:
        if self.config:
            self.document["config"] = self.config
        else:
            self.document.pop("config", None)
        text = yaml.safe_dump(self.document, sort_keys=False, allow_unicode=True, width=1 << 20)
        write_atomically(self.path, text)


def write_atomically(path: Path, text: str, mode: int | None = None) -> None:
    """A reader sees the old text or the new one, never a part. OSError becomes EngineError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                points.write(file, text, f"write {path.name}")
            kept = path.stat().st_mode & 0o777 if path.exists() else 0o644
            Path(name).chmod(mode or kept)
            Path(name).replace(path)
            points.reach(f"written {path.name}")
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> EngineError:
    return EngineError(
        f"{path} can't be written ({error.strerror}): make room or give the folder's owner the "
        "right to write, then run the command again"
    )


def qualify(key: str, project: Project) -> str:
    """`plain` is the project's own `NAME:plain`; `aws:region` stays."""
    if not re.fullmatch(r"[^:\s]+(:[^:\s]+)?", key):
        raise EngineError(
            f"invalid configuration key {key!r}: it is NAME or NAMESPACE:NAME without blanks"
        )
    return key if ":" in key else f"{project.name}:{key}"


def is_secure(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"secure"} and isinstance(value["secure"], str)


def has_secure(value: Any) -> bool:
    if is_secure(value):
        return True
    if isinstance(value, dict):
        return any(has_secure(item) for item in value.values())
    return isinstance(value, list) and any(has_secure(item) for item in value)


def opened(value: Any, secrets: Secrets | None) -> Any:
    """The value with secure parts decrypted, or as `[secret]` where `secrets` is None."""
    if is_secure(value):
        return secrets.decrypt(value["secure"]) if secrets else "[secret]"
    if isinstance(value, dict):
        return {key: opened(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item, secrets) for item in value]
    return value


def as_text(value: Any) -> str:
    """Configuration reaches programs as text: structures as JSON, scalars as YAML writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return str(value)


def show(value: Any) -> str:
    """As `as_text`, secrets hidden: a structure with a secret inside is shown with `[secret]`."""
    return as_text(opened(value, None))


@dataclass(frozen=True)
class Configuration:
    """What a program gets: full key → text, and which keys are secret."""

    values: dict[str, str]
    secret_keys: frozenset[str]
    raw: dict[str, Any]

    def shown(self) -> dict[str, str]:
        return {key: show(value) for key, value in sorted(self.raw.items())}

    def namespace(self, name: str) -> dict[str, str]:
        prefix = f"{name}:"
        return {k.removeprefix(prefix): v for k, v in self.values.items() if k.startswith(prefix)}


def defaults_of(project: Project) -> dict[str, Any]:
    """Values that Pulumi.yaml's `config` section gives to every stack."""
    found: dict[str, Any] = {}
    for key, entry in (project.document.get("config") or {}).items():
        full = qualify(key, project)
        if not isinstance(entry, dict):
            found[full] = entry
        elif "value" in entry or "default" in entry:
            found[full] = entry.get("value", entry.get("default"))
    return found


def configuration(
    project: Project, file: StackFile, overrides: dict[str, Any], secrets: Secrets
) -> Configuration:
    """The stack's configuration, as `pulumi up` passes it to the program."""
    raw = {qualify(key, project): value for key, value in file.config.items()}
    raw = {**defaults_of(project), **raw, **overrides}
    return Configuration(
        values={key: as_text(opened(value, secrets)) for key, value in raw.items()},
        secret_keys=frozenset(key for key, value in raw.items() if has_secure(value)),
        raw=raw,
    )
