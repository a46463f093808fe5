"""stack, cancel and state."""

from __future__ import annotations

import json
import sys
from typing import Any

from infra.local.engine import secrets as crypt
from infra.local.engine import state_commands
from infra.local.engine.arguments import ON_A_STACK, SWITCH, TEXT, Arguments, parse
from infra.local.engine.backend import select_stack, selected_stack, stack_name
from infra.local.engine.errors import EngineError
from infra.local.engine.locks import Locks
from infra.local.engine.project import as_text
from infra.local.engine.session import Session, open_project, open_session, stack_file
from infra.local.engine.snapshot import frame
from infra.local.engine.state import STACK_TYPE, from_json
from infra.local.engine.store import load
from infra.local.engine.table import table
from infra.local.engine.values import is_secret, transform

_KNOWN = {
    **ON_A_STACK,
    "file": TEXT,
    "force": SWITCH,
    "yes": SWITCH,
    "secrets-provider": TEXT,
    "no-select": SWITCH,
    "page": TEXT,
    "page-size": TEXT,
    "full-dates": SWITCH,
    "preserve-config": SWITCH,
    "create": SWITCH,
}


def _write(text: str) -> None:
    sys.stdout.write(text)


def run(argv: list[str]) -> int:
    given = parse(argv, _KNOWN, "stack")
    word = given.words.pop(0) if given.words else ""
    commands = {
        "init": init,
        "ls": ls,
        "select": select,
        "output": output,
        "export": state_commands.export,
        "import": state_commands.import_,
        "history": history,
        "rm": rm,
        "": show,
    }
    if word not in commands:
        raise EngineError(
            f"unknown command `stack {word}`: the local engine does not offer it; the Pulumi CLI "
            "may"
        )
    return commands[word](given)


def init(given: Arguments) -> int:
    project, backend = open_project(given)
    name = given.words[0] if given.words else given.text("stack")
    if not name:
        raise EngineError("stack init needs a name: `pulumi stack init NAME`")
    name = stack_name(name, project)
    provider = given.text("secrets-provider")
    if provider not in ("", "default", "passphrase"):
        raise EngineError(
            f"--secrets-provider {provider}: the local engine knows `passphrase` only; use the "
            "Pulumi CLI"
        )
    if backend.exists(name):
        raise EngineError(f"stack '{name}' already exists")
    file = stack_file(project, name, given)
    if file.salt is None and file.provider is None:
        file.document = {"encryptionsalt": crypt.new_salt(crypt.passphrase()), **file.document}
        file.save()
    session = Session(project, backend, name, file)
    backend.write(name, None)
    backend.write(name, frame(session.secrets, [], []))
    if not given.on("no-select"):
        select_stack(project, name)
    _write(f"Created stack '{name}'\n")
    return 0


def select(given: Arguments) -> int:
    project, backend = open_project(given)
    name = given.words[0] if given.words else given.text("stack")
    if not name:
        raise EngineError("stack select needs a name: `pulumi stack select NAME`")
    name = stack_name(name, project)
    if not backend.exists(name) and given.on("create"):
        given.words = [name]
        return init(given)
    load(backend, name)
    select_stack(project, name)
    return 0


def ls(given: Arguments) -> int:
    project, backend = open_project(given)
    current = selected_stack(project)
    rows: list[dict[str, Any]] = []
    for name in backend.stacks():
        deployment = load(backend, name) or {}
        rows.append(
            {
                "name": name,
                "current": name == current,
                "lastUpdate": (deployment.get("manifest") or {}).get("time"),
                "updateInProgress": bool(Locks(backend, name).paths()),
                "resourceCount": len(deployment.get("resources") or []),
            }
        )
    if given.on("json"):
        _write(json.dumps(rows, indent=2) + "\n")
        return 0
    lines = [
        (
            f"{row['name']}{'*' if row['current'] else ''}",
            str(row["lastUpdate"] or "n/a"),
            str(row["resourceCount"]),
        )
        for row in rows
    ]
    _write(table(("NAME", "LAST UPDATE", "RESOURCE COUNT"), lines))
    return 0


def show(given: Arguments) -> int:
    session = open_session(given)
    resources = (session.deployment or {}).get("resources") or []
    _write(f"Current stack is {session.stack}:\n")
    _write(f"Current stack resources ({len(resources)}):\n")
    rows = [(r["type"], r["urn"].split("::", 3)[3]) for r in resources]
    _write(table(("TYPE", "NAME"), rows, indent="    "))
    _write("\n")
    return output(given)


# ---- outputs


def stack_outputs(session: Session, show_secrets: bool) -> dict[str, Any]:
    """The stack's outputs; a secret is `[secret]` unless it is to be shown."""
    for entry in (session.deployment or {}).get("resources") or []:
        if entry["type"] == STACK_TYPE and not entry.get("parent"):
            outputs = entry.get("outputs") or {}
            if show_secrets:
                outputs = from_json(entry, session.secrets.decrypt).outputs
            return transform(
                outputs,
                lambda v: (v["value"] if show_secrets else "[secret]") if is_secret(v) else v,
            )
    return {}


def output(given: Arguments) -> int:
    session = open_session(given)
    outputs = stack_outputs(session, given.on("show-secrets"))
    if given.words:
        name = given.words[0]
        if name not in outputs:
            raise EngineError(f"current stack does not have output property '{name}'")
        value = outputs[name]
        text = json.dumps(value, ensure_ascii=False, indent=2) if given.on("json") else None
        _write((text if text is not None else _shown(value)) + "\n")
    elif given.on("json"):
        _write(json.dumps(outputs, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    elif not outputs:
        _write("Current stack outputs (0):\n    No output values currently in this stack\n")
    else:
        _write(f"Current stack outputs ({len(outputs)}):\n")
        rows = [(key, _shown(value)) for key, value in sorted(outputs.items())]
        _write(table(("OUTPUT", "VALUE"), rows, indent="    "))
    return 0


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return as_text(value)


# ---- history and rm


def history(given: Arguments) -> int:
    session = open_session(given)
    updates = session.backend.history(session.stack)
    size = int(given.text("page-size") or 10)
    page = int(given.text("page") or 1)
    updates = updates[(page - 1) * size : page * size]
    if given.on("json"):
        _write(json.dumps(updates, indent=2, ensure_ascii=False) + "\n")
        return 0
    from datetime import UTC, datetime

    rows = [
        (
            u["kind"],
            datetime.fromtimestamp(u["startTime"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
            u["result"],
            ", ".join(f"{n} {op}" for op, n in sorted((u.get("resourceChanges") or {}).items())),
            u.get("message", ""),
        )
        for u in updates
    ]
    _write(table(("KIND", "STARTED", "RESULT", "CHANGES", "MESSAGE"), rows))
    return 0


def rm(given: Arguments) -> int:
    session = open_session(given, given.words[0] if given.words else "")
    resources = (session.deployment or {}).get("resources") or []
    if resources and not given.on("force"):
        raise EngineError(
            f"'{session.stack}' still has resources; removal rejected. Possible actions:\n"
            "- Make sure that the stack is the one that you want to destroy\n"
            "- Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`\n"
            "- Run `pulumi stack rm --force` to override this error"
        )
    if not given.on("yes"):
        raise EngineError(f"this removes stack '{session.stack}' for good: say --yes", 2)
    session.backend.remove(session.stack)
    if not given.on("preserve-config"):
        session.file.path.unlink(missing_ok=True)
    _write(f"Stack '{session.stack}' has been removed!\n")
    return 0
