"""What every command on a stack starts from: project, stack, its file, its secrets, its state."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.engine import interrupts
from infra.local.engine import secrets as crypt
from infra.local.engine.backend import Backend, backend_folder, selected_stack, stack_name
from infra.local.engine.errors import EngineError
from infra.local.engine.locks import Locks
from infra.local.engine.project import (
    Configuration,
    Project,
    StackFile,
    configuration,
    find_project,
)
from infra.local.engine.secrets import Secrets
from infra.local.engine.snapshot import Snapshot, read_deployment
from infra.local.engine.store import Keeper, load

if TYPE_CHECKING:
    from collections.abc import Generator

    from infra.local.engine.arguments import Arguments


@dataclass
class Session:
    """One stack of one project. What costs time is made on first use."""

    project: Project
    backend: Backend
    stack: str
    file: StackFile

    @cached_property
    def deployment(self) -> dict[str, Any] | None:
        """Raises EngineError (6) where there is no such stack."""
        return load(self.backend, self.stack)

    @cached_property
    def secrets(self) -> Secrets:
        """Under the salt of the stack's file, else of the state, else a fresh one that the state
        then keeps (a tracked stack file is not touched by a preview)."""
        provider = self.file.provider
        if provider is not None:
            raise EngineError(
                f"{self.file.path} wants the secrets provider {provider}: the local engine knows "
                "passphrases only; use the Pulumi CLI, or `gacp … --offline`"
            )
        salt = self.file.salt
        if salt is None and self.backend.exists(self.stack):
            provider_state = (self.deployment or {}).get("secrets_providers") or {}
            salt = (provider_state.get("state") or {}).get("salt")
        phrase = crypt.passphrase()
        return Secrets(salt or crypt.new_salt(phrase), phrase)

    def config(self, overrides: dict[str, Any] | None = None) -> Configuration:
        return configuration(self.project, self.file, overrides or {}, self.secrets)

    def snapshot(self, keeper: Keeper | None) -> Snapshot:
        """The state as a deployment changes it; without a keeper nothing is written."""
        resources, pending = read_deployment(self.deployment, self.secrets)

        def forget(*_: object) -> None:
            return

        return Snapshot(resources, pending, self.secrets, keeper or forget)

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Holds the stack's lock. What was read before is read again under it."""
        locks = Locks(self.backend, self.stack)
        path = locks.take()
        self.__dict__.pop("deployment", None)
        try:
            with interrupts.at_once(lambda: locks.release(path)):
                yield
        finally:
            locks.release(path)


def open_project(arguments: Arguments) -> tuple[Project, Backend]:
    project = find_project(Path(arguments.text("cwd") or ".").resolve())
    return project, Backend(backend_folder(project), project.name)


def stack_file(project: Project, stack: str, arguments: Arguments) -> StackFile:
    given = arguments.text("config-file")
    folder = project.root / str(project.document.get("stackConfigDir") or "")
    return StackFile(Path(given) if given else folder / f"Pulumi.{stack}.yaml")


def open_session(arguments: Arguments, stack: str = "") -> Session:
    """The session of the stack that is named by flag, by PULUMI_STACK or by selection."""
    import os

    project, backend = open_project(arguments)
    name = stack or arguments.text("stack") or os.environ.get("PULUMI_STACK", "")
    name = name or selected_stack(project) or ""
    if not name:
        raise EngineError(
            "no stack selected; use `pulumi stack select` to choose one, or give --stack NAME"
        )
    name = stack_name(name, project)
    return Session(project, backend, name, stack_file(project, name, arguments))
