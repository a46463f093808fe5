"""Every kind of drift, and clean runs, as one table."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from infra.local.aws.store import Record
from tests.infra.drift import harness
from tests.infra.drift.kind import Kind
from tests.infra.drift.over_api import KINDS as OVER_API
from tests.infra.drift.over_api import UNSEEN
from tests.infra.drift.recorded import KINDS as RECORDED
from tests.infra.local.aws.moto import MotoServer
from tests.support.stacks import Engine

PROFILES = ("host", "cluster")
CLEAN_RUNS = 20
ROUND = 8
KINDS = (*RECORDED, *OVER_API)


class Table:
    """Rows as they come, and what missed: kinds that were not found, runs that found too much."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        self.false: list[str] = []
        self.found = 0
        self.clean = 0

    def row(self, kind: Kind, attempt: Callable[[], str]) -> bool:
        """A row of what `attempt` found; False where it failed."""
        try:
            words = attempt()
        except AssertionError as error:
            words = f"MISSED {str(error)[-2500:]}"
        except Exception:  # noqa: BLE001 - one kind that breaks must not hide the others
            words = f"BROKE {traceback.format_exc()[-1500:]}"
        fine = not words.startswith(("MISSED", "BROKE"))
        self.found += fine
        if not fine:
            self.missed.append(kind.name)
        how = "api" if kind.by_api else "record"
        say(f"{kind.name:46} {kind.profile:8} {how:7} {words}")
        return fine


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(parts: list[str]) -> int:
    table = Table()
    with tempfile.TemporaryDirectory(prefix="gacp-drift-") as name:
        for profile in PROFILES:
            chosen = [k for k in KINDS if k.profile == profile and wanted(k, parts)]
            of_record(Path(name, f"record-{profile}"), chosen, profile, table)
            over_api(Path(name, f"api-{profile}"), chosen, profile, table)
            if not parts:
                untouched(Path(name, f"clean-{profile}"), profile, table)
    tried = table.found + len(table.missed)
    say(f"drift: {table.found} of {tried} kinds found, named exactly and put right")
    say(f"clean runs: {len(table.false)} of {table.clean} found what nobody did")
    for name in table.missed + table.false:
        say(f"MISS {name}")
    return 1 if table.missed or table.false else 0


def wanted(kind: Kind, parts: list[str]) -> bool:
    return not parts or any(part in kind.name for part in parts)


def of_record(folder: Path, kinds: list[Kind], profile: str, table: Table) -> None:
    left = [kind for kind in kinds if not kind.by_api]
    while left:
        engine = harness.recorded(folder / str(len(left)), profile)
        left = in_rounds(engine, left, None, table)


def over_api(folder: Path, kinds: list[Kind], profile: str, table: Table) -> None:
    left = [kind for kind in kinds if kind.by_api]
    while left:
        with serving() as moto:
            engine = harness.beside(folder / str(len(left)), profile, moto)
            left = in_rounds(engine, left, moto.client, table)


def in_rounds(
    engine: Engine, kinds: list[Kind], client: Callable[..., Any] | None, table: Table
) -> list[Kind]:
    """Tries kinds on one stack, those of different resources beside one another, until one is
    missed: what is left of it would count against the next. Returns those that are left.
    """
    left = list(kinds)
    while left:
        taken: dict[tuple[str, str], tuple[str, ...]] = {}
        later: list[Kind] = []
        victims = [harness.victim(engine, kind.token, kind.which) for kind in left]
        for place, (kind, record) in enumerate(zip(left, victims, strict=True)):
            if (record.token, record.id) in taken or len(taken) == ROUND:
                later.append(kind)
                continue
            if not table.row(kind, partial(found_beside, engine, kind, record, client, taken)):
                return later + left[place + 1 :]
        together = [kind.name for kind in left if kind not in later]
        try:
            harness.put_right(engine)
        except AssertionError as error:
            table.missed.append(f"put right together: {', '.join(together)}: {error}")
            return later
        say(f"put right together: {len(together)}")
        left = later
    return []


def found_beside(
    engine: Engine,
    kind: Kind,
    record: Record,
    client: Callable[..., Any] | None,
    taken: dict[tuple[str, str], tuple[str, ...]],
) -> str:
    """What refresh names that it did not name before."""
    found, key = harness.added(engine, kind, record, client, taken), (record.token, record.id)
    return harness.Found({key: found.changes[key]}, found.logical).words()


def untouched(folder: Path, profile: str, table: Table) -> None:
    """What refresh can't see by design, and the clean runs: an API that is started anew has other
    ids than the record, so what asks by id comes first.
    """
    with serving() as moto:
        engine = harness.beside(folder, profile, moto)
        for kind in UNSEEN:
            found = harness.unseen(engine, kind.token, kind.how, moto.client)
            words = found.words() if found.changes else f"not seen: {kind.reason}"
            say(f"{kind.name:46} {profile:8} api     {words}")
            if found.changes:
                table.false.append(f"{kind.name} is seen after all")
        for run in range(CLEAN_RUNS):
            table.clean += 1
            found = harness.clean(engine, moto, run)
            say(f"clean run {run + 1:2} {profile:8} {found.words()}")
            if found.changes:
                table.false.append(f"clean run {run} of profile {profile}: {found.words()}")


@contextmanager
def serving() -> Iterator[MotoServer]:
    moto = MotoServer()
    try:
        yield moto
    finally:
        moto.stop()
