"""Every kind of drift, and clean runs, as one table."""

from __future__ import annotations

import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.infra.drift import harness
from tests.infra.drift.kind import Kind
from tests.infra.drift.over_api import KINDS as OVER_API
from tests.infra.drift.over_api import UNSEEN
from tests.infra.drift.recorded import KINDS as RECORDED
from tests.infra.local.aws.moto import MotoServer
from tests.support.stacks import Engine

PROFILES = ("host", "cluster")
KINDS = (*RECORDED, *OVER_API)


def client_of(moto: MotoServer) -> Callable[..., Any]:
    return moto.client


class Table:
    """Rows as they come, and how many missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        self.found = 0

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
        folder = Path(name)
        for profile in PROFILES:
            chosen = [k for k in KINDS if k.profile == profile and wanted(k, parts)]
            of_record(folder / f"record-{profile}", chosen, profile, table)
            over_api(folder / f"api-{profile}", chosen, profile, table)
    say(
        f"drift: {table.found} of {table.found + len(table.missed)} found, named exactly, put right"
    )
    if table.missed:
        say(f"missed: {'; '.join(table.missed)}")
    return 1 if table.missed else 0


def wanted(kind: Kind, parts: list[str]) -> bool:
    return not parts or any(part in kind.name for part in parts)


def of_record(folder: Path, kinds: list[Kind], profile: str, table: Table) -> None:
    kinds = [kind for kind in kinds if not kind.by_api]
    if not kinds:
        return
    base = harness.recorded(folder / "base", profile)
    for kind in kinds:
        own = folder / "one"
        table.row(kind, lambda kind=kind, own=own: harness.of_copy(base, own, kind))
        shutil.rmtree(own, ignore_errors=True)


def over_api(folder: Path, kinds: list[Kind], profile: str, table: Table) -> None:
    kinds = [kind for kind in kinds if kind.by_api]
    if not kinds:
        return
    for number in range(len(kinds)):
        moto = MotoServer()
        try:
            engine: Engine = harness.beside(folder / str(number), profile, moto)
            while kinds:
                kind = kinds.pop(0)
                if not table.row(kind, lambda kind=kind: harness.tried(engine, kind, moto.client)):
                    break  # what is left of it would count against the next ones
            else:
                return
        finally:
            moto.stop()
