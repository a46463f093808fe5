"""What works on the record alone: stack export and import, state, cancel."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from infra.local.engine import secrets as crypt
from infra.local.engine.arguments import ON_A_STACK, SWITCH, Arguments, parse
from infra.local.engine.errors import EngineError
from infra.local.engine.locks import Locks
from infra.local.engine.session import Session, open_session
from infra.local.engine.snapshot import frame, integrity_problems, read_deployment
from infra.local.engine.state import Resource, to_json
from infra.local.engine.store import Keeper
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
    problems = [f"state file contains errors: {p}" for p in integrity_problems(resources)]
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


def state(argv: list[str]) -> int:
    """delete, protect, unprotect: change the record alone, never a resource."""
    given = parse(argv, {**ON_A_STACK, "yes": SWITCH, "force": SWITCH, "all": SWITCH}, "state")
    word, urns = (given.words or [""])[0], given.words[1:]
    if word not in ("delete", "protect", "unprotect"):
        raise EngineError(
            f"unknown command `state {word}`: the local engine offers delete, protect, unprotect"
        )
    session = open_session(given)
    with session.locked():
        keeper = Keeper(session.backend, session.stack)
        snapshot = session.snapshot(keeper)
        resources = snapshot.resources()
        chosen = [r for r in resources if r.urn in urns or given.on("all")]
        if missing := set(urns) - {r.urn for r in chosen}:
            raise EngineError(
                f"no resource {sorted(missing)[0]!r} in stack '{session.stack}': "
                "`pulumi stack` lists what there is"
            )
        if word == "delete":
            chosen_urns = {r.urn for r in chosen}
            users = [r.urn for r in resources if r not in chosen and chosen_urns & set(r.needs())]
            if users:
                raise EngineError(
                    f"{chosen[0].urn} can't be safely deleted because these resources depend on "
                    f"it: {', '.join(users)}"
                )
            if any(r.protect for r in chosen) and not given.on("force"):
                raise EngineError(f"{chosen[0].urn} is protected: unprotect it, or say --force")
        for resource in chosen:
            if word == "delete":
                snapshot.end(None, drop=resource)
            else:
                resource.protect = word == "protect"
                snapshot.end(None, changed=resource)
        keeper.write(snapshot)
    if word == "delete":
        _write("Resource deleted\n")
    else:
        count = "All" if given.on("all") else str(len(chosen))
        _write(f"{count} resources {word}ed\n")
    return 0
