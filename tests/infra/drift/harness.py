"""Injects drift into stack `prod`, and asks the documented commands about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from infra.local.aws import clock
from infra.local.aws.store import Record, Store
from infra.local.aws.tools import drift, forget
from tests.infra.drift.kind import GONE, Kind, Outsider
from tests.infra.local.aws.moto import MotoServer
from tests.support.stacks import Engine, stack_configuration, start

YES = ("--yes", "--skip-preview")
FIRST_DAY = date(2026, 11, 25)


@dataclass(frozen=True)
class Beside(Engine):
    """A stack beside an AWS API on loopback; `more` are variables of its environment."""

    more: tuple[tuple[str, str], ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        endpoints = str(self.folder / "endpoints.json")
        return {**super().environment, "GACP_LOCAL_ENDPOINTS": endpoints, **dict(self.more)}


@dataclass(frozen=True)
class Found:
    """What a refresh names: (type, id) → properties, none where it says that it is gone."""

    changes: dict[tuple[str, str], tuple[str, ...]]
    logical: dict[tuple[str, str], str]

    def words(self) -> str:
        entries = (
            f"{key[0].rpartition(':')[2]} {self.logical[key]}: {', '.join(names) or GONE}"
            for key, names in sorted(self.changes.items())
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
            tags = record.inputs.get("tags")  # a list, where a group hands them to its machines
            name = tags.get("Name", "") if isinstance(tags, dict) else ""
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
    found = Found({}, {})
    for line in log.read_text(encoding="utf-8").splitlines():
        event = json.loads(line).get("resOutputsEvent")
        if event is None or event["metadata"]["op"] in ("same", "refresh"):
            continue
        metadata = event["metadata"]
        names = () if metadata["op"] == "delete" else tuple(sorted(metadata.get("diffs") or ()))
        key = (metadata["type"], metadata["old"]["id"])
        found.changes[key] = names
        found.logical[key] = metadata["urn"].rpartition("::")[2]
    return found


def put_right(engine: Engine) -> None:
    """The documented way, and that it leads to a stack that is as it was written."""
    engine.run("refresh", *YES)
    engine.run("up", *YES)
    engine.run("preview", "--refresh", "--expect-no-changes")


def added(
    engine: Engine,
    kind: Kind,
    record: Record,
    client: Callable[..., Any] | None,
    before: dict[tuple[str, str], tuple[str, ...]],
) -> Found:
    """Injects a kind beside others (`before`, which grows), and looks. Fails where refresh names
    anything else than these resources and their properties.
    """
    inject(engine, kind, record, client)
    before[record.token, record.id] = tuple(sorted(kind.shows))
    found = looked(engine)
    assert found.changes == before, f"refresh names {found.words()}"
    return found


def unseen(engine: Engine, token: str, how: Outsider, client: Callable[..., Any]) -> Found:
    """What refresh makes of a change that it can't see."""
    how(client, victim(engine, token, ""))
    return looked(engine)


def clean(engine: Beside, moto: MotoServer, run: int) -> Found:
    """What the `run`-th refresh of a stack that nobody touched names: other hash seeds, later days;
    every fifth time the AWS API was started anew and has forgotten everything.
    """
    if run % 5 == 4:
        moto.restart()
    day = (FIRST_DAY + timedelta(days=9 * run)).isoformat()
    later = replace(engine, more=(("PYTHONHASHSEED", str(run)), (clock.VARIABLE, day)))
    return looked(later)
