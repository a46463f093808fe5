"""config: list, get, set, rm."""

from __future__ import annotations

import json
import sys
from typing import Any

import yaml

from infra.local.engine.arguments import ON_A_STACK, SWITCH, Arguments, parse
from infra.local.engine.errors import EngineError
from infra.local.engine.paths import parse_path
from infra.local.engine.project import as_text, has_secure, opened, qualify, show
from infra.local.engine.session import Session, open_session
from infra.local.engine.table import table

_KNOWN = {**ON_A_STACK, "path": SWITCH, "secret": SWITCH, "plaintext": SWITCH, "open": SWITCH}


def run(argv: list[str]) -> int:
    given = parse(argv, _KNOWN, "config")
    word = given.words.pop(0) if given.words else ""
    commands = {"": list_, "get": get, "set": set_, "rm": rm}
    if word not in commands:
        raise EngineError(
            f"unknown command `config {word}`: the local engine does not offer it; the Pulumi CLI "
            "may"
        )
    session = open_session(given)
    session.deployment  # noqa: B018 - an unknown stack is refused
    return commands[word](session, given)


def _all(session: Session) -> dict[str, Any]:
    return {qualify(k, session.project): v for k, v in session.file.config.items()}


def _entry(session: Session, value: Any, reveal: bool) -> dict[str, Any]:
    hidden = has_secure(value) and not reveal
    entry: dict[str, Any] = {"secret": has_secure(value)}
    if not hidden:
        clear = opened(value, session.secrets if has_secure(value) else None)
        entry = {"value": as_text(clear), **entry}
        if isinstance(clear, (dict, list)):
            entry["objectValue"] = clear
    return entry


def list_(session: Session, given: Arguments) -> int:
    reveal = given.on("show-secrets")
    values = _all(session)
    if given.on("json"):
        shown = {key: _entry(session, value, reveal) for key, value in sorted(values.items())}
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
        return 0
    own = f"{session.project.name}:"
    rows = [
        (
            key.removeprefix(own),
            as_text(opened(value, session.secrets)) if reveal else show(value),
        )
        for key, value in sorted(values.items())
    ]
    sys.stdout.write(table(("KEY", "VALUE"), rows))
    return 0


def _split(session: Session, given: Arguments, key: str) -> tuple[str, list[str | int]]:
    """The full key, and the path below it where --path was given."""
    if not given.on("path"):
        return qualify(key, session.project), []
    namespace, colon, rest = key.rpartition(":")
    steps = parse_path(rest)
    if not steps:
        raise EngineError(f"invalid configuration path {key!r}: it is NAME.KEY or NAME[0]")
    return qualify(f"{namespace}{colon}{steps[0]}", session.project), steps[1:]


def _absent(session: Session, key: str) -> EngineError:
    return EngineError(f"configuration key '{key}' not found for stack '{session.stack}'")


def get(session: Session, given: Arguments) -> int:
    if len(given.words) != 1:
        raise EngineError("config get needs one key: `pulumi config get KEY`")
    name, steps = _split(session, given, given.words[0])
    values = _all(session)
    value = values.get(name)
    for step in steps:
        try:
            value = value[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            raise _absent(session, given.words[0]) from None
    if value is None:
        raise _absent(session, given.words[0])
    if given.on("json"):
        text = json.dumps({"name": name, **_entry(session, value, True)}, ensure_ascii=False)
    else:
        text = as_text(opened(value, session.secrets if has_secure(value) else None))
    sys.stdout.write(text + "\n")
    return 0


def _stored_key(session: Session, name: str) -> str:
    """The file may hold a key of the project with or without its namespace."""
    bare = name.removeprefix(f"{session.project.name}:")
    return bare if bare in session.file.config else name


def set_(session: Session, given: Arguments) -> int:
    if not given.words:
        raise EngineError("config set needs a key: `pulumi config set KEY VALUE`")
    text = given.words[1] if len(given.words) > 1 else sys.stdin.read().rstrip("\n")
    name, steps = _split(session, given, given.words[0])
    value: Any = text
    if given.on("secret"):
        value = {"secure": session.secrets.encrypt(text)}
    elif steps:
        # As the CLI: below a path, numbers and booleans are what they look like.
        value = yaml.safe_load(text) if text in ("true", "false") or text.isdigit() else text
    config, key = session.file.config, _stored_key(session, name)
    if not steps:
        config[key] = value
    else:
        config[key] = _placed(config.get(key), steps, value, given.words[0])
    session.file.save()
    return 0


def _placed(node: Any, steps: list[str | int], value: Any, path: str) -> Any:
    """`node` with `value` at `steps`; maps and lists on the way are made."""
    if not steps:
        return value
    head, rest = steps[0], steps[1:]
    if isinstance(head, int):
        node = [] if node is None else node
        if not isinstance(node, list) or head > len(node):
            raise EngineError(
                f"{path}: index {head} is outside of the list; the next free one is "
                f"{len(node) if isinstance(node, list) else 'none, it is no list'}"
            )
        items = [*node, None] if head == len(node) else list(node)
        items[head] = _placed(items[head], rest, value, path)
        return items
    node = {} if node is None else node
    if not isinstance(node, dict):
        raise EngineError(f"{path}: {head!r} is below a value that is no map")
    return {**node, head: _placed(node.get(head), rest, value, path)}


def rm(session: Session, given: Arguments) -> int:
    if len(given.words) != 1:
        raise EngineError("config rm needs one key: `pulumi config rm KEY`")
    name = qualify(given.words[0], session.project)
    session.file.config.pop(_stored_key(session, name), None)
    session.file.save()
    return 0
