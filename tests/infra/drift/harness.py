"""Injects drift into stack `prod`, and asks the documented commands about it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.aws.store import Record, Store
from infra.local.aws.tools import drift, forget
from tests.infra.drift.kind import GONE, Kind, Outsider
from tests.infra.local.aws.moto import MotoServer
from tests.support.stacks import Engine, copy, stack_configuration, start

YES = ("--yes", "--skip-preview")


@dataclass(frozen=True)
class Beside(Engine):
    """A stack beside an AWS API on loopback."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "GACP_LOCAL_ENDPOINTS": str(self.folder / "endpoints.json")}


@dataclass(frozen=True)
class Found:
    """What a refresh names: URN → properties, none where it says that the resource is gone."""

    changes: dict[str, tuple[str, ...]]

    def words(self) -> str:
        entries = (
            f"{urn.rpartition('::')[2]}: {', '.join(names) or GONE}"
            for urn, names in sorted(self.changes.items())
        )
        return "; ".join(entries) or "nothing"


def recorded(folder: Path, profile: str) -> Engine:
    """Stack `prod`, up, in the provider's record alone."""
    engine = start(folder, "prod", stack_configuration("prod", profile))
    engine.run("up", *YES)
    return engine


def beside(folder: Path, profile: str, moto: MotoServer) -> Beside:
    """Stack `prod`, up, really made on an AWS API as far as that goes."""
    plain = start(folder, "prod", stack_configuration("prod", profile))
    engine = Beside(plain.folder, plain.stack)
    aws = {"host": "127.0.0.1", "port": moto.port, "tls": False}
    document = json.dumps({"version": 1, "services": {"aws": aws}})
    (folder / "endpoints.json").write_text(document, encoding="utf-8")
    engine.run("up", *YES)
    return engine


def victim(engine: Engine, token: str, which: str) -> Record:
    """The first resource of a type whose id or tag Name holds `which`."""
    with closing(Store(engine.world)) as store:
        for record in store.of_type(token):
            name = (record.inputs.get("tags") or {}).get("Name", "")
            if which in record.id or which in name:
                return record
    message = f"stack {engine.stack} has no {token} with {which!r} in its id or name"
    raise AssertionError(message)


def inject(engine: Engine, kind: Kind, record: Record, client: Callable[..., Any] | None) -> None:
    if callable(kind.how):
        assert client is not None
        kind.how(client, record)
        return
    with closing(Store(engine.world)) as store:
        if isinstance(kind.how, str):
            forget(store, record.id, record.token)
        else:
            drift(store, record.id, list(kind.how), record.token)


def looked(engine: Engine) -> Found:
    """What `refresh --preview-only` names, from its events."""
    log = engine.folder / "events.json"
    log.unlink(missing_ok=True)
    engine.run("refresh", "--preview-only", "--event-log", str(log))
    changes: dict[str, tuple[str, ...]] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        event = json.loads(line).get("resOutputsEvent")
        if event is None or event["metadata"]["op"] in ("same", "refresh"):
            continue
        metadata = event["metadata"]
        names = () if metadata["op"] == "delete" else tuple(sorted(metadata.get("diffs") or ()))
        changes[metadata["urn"]] = names
    return Found(changes)


def urn_of(engine: Engine, record: Record) -> str:
    entries = json.loads(engine.run("stack", "export"))["deployment"]["resources"]
    found = [e["urn"] for e in entries if (e["type"], e.get("id")) == (record.token, record.id)]
    assert len(found) == 1, found
    return found[0]


def put_right(engine: Engine) -> None:
    """The documented way, and that it leads to a stack that is as it was written."""
    engine.run("refresh", *YES)
    engine.run("up", *YES)
    engine.run("preview", "--refresh", "--expect-no-changes")


def tried(engine: Engine, kind: Kind, client: Callable[..., Any] | None = None) -> Found:
    """Injects a kind, looks, and puts it right. Fails where refresh names anything else than this
    resource and these properties.
    """
    record = victim(engine, kind.token, kind.which)
    urn = urn_of(engine, record)
    inject(engine, kind, record, client)
    found = looked(engine)
    assert found.changes == {urn: tuple(sorted(kind.shows))}, found.words()
    put_right(engine)
    return found


def unseen(engine: Engine, token: str, how: Outsider, client: Callable[..., Any]) -> Found:
    how(client, victim(engine, token, ""))
    return looked(engine)


def of_copy(engine: Engine, folder: Path, kind: Kind) -> Found:
    """`tried` on a copy, for stacks that are only recorded."""
    with closing(sqlite3.connect(engine.world)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return tried(copy(engine, folder), kind)
