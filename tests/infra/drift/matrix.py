"""Every kind of drift, and clean runs, as one table."""

from __future__ import annotations

import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.infra.drift import harness
from tests.infra.drift.kind import Kind
from tests.infra.drift.over_api import KINDS as OVER_API
from tests.infra.drift.over_api import UNSEEN
from tests.infra.drift.recorded import KINDS as RECORDED
from tests.infra.local.aws.moto import MotoServer

PROFILES = ("host", "cluster")
CLEAN_RUNS = 20
KINDS = (*RECORDED, *OVER_API)


class Table:
    """Rows as they come, and what missed: kinds that were not found, runs that found too much."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        self.false: list[str] = []
        self.found = 0
        self.clean = 0

    def row(self, kind: Kind, attempt: Callable[[], harness.Found]) -> bool:
        try:
            words = attempt().words()
        except AssertionError as error:
            self.missed.append(kind.name)
            words = f"MISSED {str(error)[-1500:]}"
        except Exception:  # noqa: BLE001 - one kind that breaks must not hide the others
            self.missed.append(kind.name)
            words = f"BROKE {traceback.format_exc()[-1500:]}"
        else:
            self.found += 1
        how = "api" if kind.by_api else "record"
        say(f"{kind.name:46} {kind.profile:8} {how:7} {words}")
        return not words.startswith(("MISSED", "BROKE"))


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
    kinds = [kind for kind in kinds if not kind.by_api]
    if not kinds:
        return
    base = harness.recorded(folder / "base", profile)
    for kind in kinds:
        own = folder / "one"
        table.row(kind, partial(harness.of_copy, base, own, kind))
        shutil.rmtree(own, ignore_errors=True)


def over_api(folder: Path, kinds: list[Kind], profile: str, table: Table) -> None:
    """On one stack, as long as each kind was put right: what is left of one counts against the
    next.
    """
    left = [kind for kind in kinds if kind.by_api]
    while left:
        with serving() as moto:
            engine = harness.beside(folder / str(len(left)), profile, moto)
            fine = True
            while left and fine:
                kind = left.pop(0)
                fine = table.row(kind, partial(harness.tried, engine, kind, moto.client))


def untouched(folder: Path, profile: str, table: Table) -> None:
    """The clean runs, and afterwards what refresh can't see by design."""
    with serving() as moto:
        engine = harness.beside(folder, profile, moto)
        for run in range(CLEAN_RUNS):
            table.clean += 1
            found = harness.clean(engine, moto, run)
            if found.changes:
                table.false.append(f"clean run {run} of profile {profile}: {found.words()}")
        for kind in UNSEEN:
            found = harness.unseen(engine, kind.token, kind.how, moto.client)
            words = found.words() if found.changes else f"not seen: {kind.reason}"
            say(f"{kind.name:46} {profile:8} api     {words}")
            if found.changes:
                table.false.append(f"{kind.name} is seen after all")


@contextmanager
def serving() -> Iterator[MotoServer]:
    moto = MotoServer()
    try:
        yield moto
    finally:
        moto.stop()
