"""What works on the record as a whole: stack export and import, cancel."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from infra.local.engine import secrets as crypt
from infra.local.engine.arguments import ON_A_STACK, SWITCH, Arguments, parse
from infra.local.engine.errors import EngineError
from infra.local.engine.integrity import integrity_problems
from infra.local.engine.locks import Locks
from infra.local.engine.session import Session, open_session
from infra.local.engine.snapshot import frame, read_deployment
from infra.local.engine.state import Resource, to_json
from infra.local.engine.values import SECRET, SIG, transform


def _write(text: str) -> None:
    sys.stdout.write(text)


def export(given: Arguments) -> int:
    session = open_session(given)
    deployment: Any = session.deployment or {"manifest": {}}
    if given.on("show-secrets"):

        def reveal(mark: dict[str, Any]) -> Any:
            if mark[SIG] != SECRET or "ciphertext" not in mark:
                return mark
            return {SIG: SECRET, "plaintext": session.secrets.decrypt(mark["ciphertext"])}

        deployment = transform(deployment, reveal)
    text = json.dumps({"version": 3, "deployment": deployment}, indent=4, ensure_ascii=False)
    if given.text("file"):
        Path(given.text("file")).write_text(text + "\n")
    else:
        _write(text + "\n")
    return 0


def import_(given: Arguments) -> int:
    session = open_session(given)
    name = given.text("file")
    try:
        document = json.loads(Path(name).read_text() if name else sys.stdin.read())
        deployment = document["deployment"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(
            f"{name or 'stdin'} holds no exported state ({error}): give a file that "
            "`pulumi stack export` wrote"
        ) from error
    resources, _ = read_deployment(deployment, _reader(session, deployment))
    problems = [f"state file contains errors: {p}" for p in integrity_problems(resources)[:1]]
    prefix = f"urn:pulumi:{session.stack}::{session.project.name}::"
    problems += [
        f"resource '{r.urn}' does not belong to stack '{session.stack}'"
        for r in resources
        if not r.urn.startswith(prefix)
    ]
    if problems and not given.on("force"):
        problems.append(
            "importing this file could be dangerous; rerun with --force to proceed anyway"
        )
        lines = "\n".join(f"    {n}) {text}" for n, text in enumerate(problems, 1))
        raise EngineError(f"{len(problems)} errors occurred:\n{lines}")
    with session.locked():
        texts = [_entry(r, session) for r in resources]
        session.backend.write(session.stack, frame(session.secrets, texts, []))
    _write("Import complete.\n")
    return 0


def _reader(session: Session, deployment: dict[str, Any]) -> Any:
    """Secrets of an export are under its own salt."""
    state = (deployment.get("secrets_providers") or {}).get("state") or {}
    salt = state.get("salt")
    if salt in (None, session.secrets.salt):
        return session.secrets
    return crypt.Secrets(salt, crypt.passphrase())


def _entry(resource: Resource, session: Session) -> str:
    return json.dumps(to_json(resource, session.secrets.encrypt), ensure_ascii=False)


def cancel(argv: list[str]) -> int:
    given = parse(argv, {**ON_A_STACK, "yes": SWITCH}, "cancel")
    session = open_session(given, given.words[0] if given.words else "")
    if not session.backend.exists(session.stack):
        session.backend.read(session.stack)  # refuses the unknown stack
    Locks(session.backend, session.stack).cancel()
    _write(f"The currently running update for '{session.stack}' has been canceled!\n")
    return 0
