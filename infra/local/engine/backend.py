"""The state folder, in the layout of the CLI's file backend (`pkg/backend/diy`)."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from infra.local.engine.errors import EngineError
from infra.local.engine.project import Project, write_atomically

ORGANIZATION = "organization"


def backend_folder(project: Project | None) -> Path:
    """Where the state lives. Raises EngineError for every backend that is no folder."""
    url = os.environ.get("PULUMI_BACKEND_URL", "")
    if not url and project is not None:
        url = (project.document.get("backend") or {}).get("url", "")
    if not url:
        raise EngineError(
            "PULUMI_BACKEND_URL is not set: the local engine keeps state in a folder; set it to "
            "file:///path/to/folder (`.local/bin/pulumi` does)"
        )
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise EngineError(
            f"backend {url!r}: the local engine knows file:// only; use the Pulumi CLI for others"
        )
    path = unquote(parts.netloc + parts.path)
    folder = Path(path).expanduser()
    if not folder.is_absolute() and project is not None:
        folder = project.root / folder
    if not folder.is_dir():
        raise EngineError(f"the state folder {folder} of {url!r} does not exist: make it first")
    return folder / ".pulumi"


def _attributes(path: Path, text: bytes) -> None:
    """The twin that Go's file blob driver keeps beside each file."""
    import base64

    body = {
        "user.cache_control": "",
        "user.content_disposition": "",
        "user.content_encoding": "",
        "user.content_language": "",
        "user.content_type": "text/plain; charset=utf-8",
        "user.metadata": {},
        "md5": base64.b64encode(hashlib.md5(text, usedforsecurity=False).digest()).decode(),
    }
    write_atomically(path.with_name(path.name + ".attrs"), json.dumps(body))


class Backend:
    """Stacks, history and backups of one project."""

    def __init__(self, root: Path, project: str) -> None:
        self.root = root
        self.project = project

    def put(self, path: Path, text: str) -> None:
        write_atomically(path, text, 0o600)
        _attributes(path, text.encode())

    def stack_path(self, stack: str) -> Path:
        return self.root / "stacks" / self.project / f"{stack}.json"

    def ensure(self) -> None:
        meta = self.root / "meta.yaml"
        if not meta.exists():
            self.put(meta, "version: 1\n")

    def stacks(self) -> list[str]:
        folder = self.root / "stacks" / self.project
        names = [p.name for p in folder.glob("*.json")] if folder.is_dir() else []
        return sorted(name.removesuffix(".json") for name in names if not name.startswith("."))

    def exists(self, stack: str) -> bool:
        return self.stack_path(stack).exists()

    def read(self, stack: str) -> dict[str, Any] | None:
        """The latest deployment, or None for a stack that never had one.

        Raises EngineError (6) for an unknown stack, and for a file that is damaged.
        """
        try:
            text = self.text(stack)
        except FileNotFoundError:
            known = ", ".join(self.stacks()) or "none"
            raise EngineError(
                f"no stack named '{stack}' found (there are: {known}): "
                f"make it with `pulumi stack init {stack}`",
                6,
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise self.damaged(stack, error) from error
        try:
            return _latest(text)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self.damaged(stack, error) from error

    def text(self, stack: str) -> str:
        return self.stack_path(stack).read_text(encoding="utf-8")

    def damaged(self, stack: str, error: Exception) -> EngineError:
        """The refusal of a state that can't be read; names the newest copy that can."""
        path = self.stack_path(stack)
        kept = [*(self.root / "backups" / self.project / stack).glob(f"{stack}.*.json")]
        kept += path.parent.glob(f"{path.name}.bak")
        # `.bak` is what the last write replaced, and that may be the state of long before.
        for copy in sorted(kept, key=lambda one: one.stat().st_mtime_ns, reverse=True):
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, OSError):
                _latest(copy.read_text(encoding="utf-8"))
                way = f"the newest copy that can be read: `cp '{copy}' '{path}'`"
                break
        else:
            way = "no copy beside it can be read; put one of your own there"
        return EngineError(
            f"the state file {path} is damaged ({error!r}); {way}, then run `pulumi refresh`"
        )

    def checkpoint_text(self, stack: str, deployment: str | None) -> str:
        """The file's text around a deployment that is already JSON text."""
        name = json.dumps(f"{ORGANIZATION}/{self.project}/{stack}")
        version = 3 if deployment else 0
        latest = deployment or "null"
        return f'{{"version":{version},"checkpoint":{{"stack":{name},"latest":{latest}}}}}'

    def write(self, stack: str, deployment: str | None) -> None:
        """Replaces the state; the one before becomes `.bak`."""
        self.ensure()
        path = self.stack_path(stack)
        text = self.checkpoint_text(stack, deployment)
        if path.exists():
            backup = path.with_name(path.name + ".bak")
            self.put(backup, path.read_text(encoding="utf-8"))
        self.put(path, text)

    def remove(self, stack: str) -> None:
        for path in self.stack_path(stack).parent.glob(f"{stack}.json*"):
            path.unlink()

    # ---- history

    def add_history(self, stack: str, update: dict[str, Any]) -> None:
        """Keeps the checkpoint as it now is beside a record of the update that made it."""
        stamp = time.time_ns()
        folder = self.root / "history" / self.project / stack
        text = self.stack_path(stack).read_text()
        self.put(folder / f"{stack}-{stamp}.checkpoint.json", text)
        self.put(folder / f"{stack}-{stamp}.history.json", json.dumps(update, indent=4))
        if os.environ.get("PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS", "") in ("", "false"):
            self.put(self.root / "backups" / self.project / stack / f"{stack}.{stamp}.json", text)

    def history(self, stack: str) -> list[dict[str, Any]]:
        """Updates, newest first."""
        folder = self.root / "history" / self.project / stack
        paths = sorted(folder.glob("*.history.json"), reverse=True) if folder.is_dir() else []
        return [json.loads(path.read_text()) for path in paths]


def _latest(text: str) -> dict[str, Any] | None:
    """The deployment in a checkpoint. Raises what reading it raises where it is none."""
    latest = json.loads(text)["checkpoint"].get("latest")
    if latest is not None:
        for entry in latest.get("resources") or ():
            if not {"urn", "type"} <= entry.keys():
                raise KeyError("urn")
    return latest


# ---- the selected stack


def _workspace_file(project: Project) -> Path:
    home = Path(os.environ.get("PULUMI_HOME") or "~/.pulumi").expanduser()
    digest = hashlib.sha1(str(project.root / "Pulumi.yaml").encode(), usedforsecurity=False)
    return home / "workspaces" / f"{project.name}-{digest.hexdigest()}-workspace.json"


def select_stack(project: Project, stack: str) -> None:
    write_atomically(_workspace_file(project), json.dumps({"stack": stack}))


def selected_stack(project: Project) -> str | None:
    try:
        return json.loads(_workspace_file(project).read_text()).get("stack")
    except (OSError, ValueError):
        return None


def stack_name(text: str, project: Project) -> str:
    """`dev`, `organization/dev` or `organization/PROJECT/dev` → `dev`."""
    parts = text.split("/")
    allowed = len(parts) <= 3 and all(re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", p) for p in parts)
    if not allowed or (len(parts) > 1 and parts[0] != ORGANIZATION):
        raise EngineError(
            f"invalid stack name {text!r}: letters, digits, '_', '-', '.'; "
            f"or organization/{project.name}/NAME"
        )
    if len(parts) == 3 and parts[1] != project.name:
        raise EngineError(f"stack {text!r} belongs to project {parts[1]!r}, not {project.name!r}")
    return parts[-1]
