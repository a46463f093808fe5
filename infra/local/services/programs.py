"""The record of what is supervised: written by `apply`, read by run_program.py and by `down`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from infra.local.services.files import write_if_changed
from infra.local.services.launch import Probe, ProbeKind, Program
from infra.local.services.layout import Layout
from infra.local.services.marking import process_environment


@dataclass(frozen=True, slots=True)
class Supervised:
    """One program as it was last applied. `digest` changes when it must be started anew."""

    name: str
    group: str
    tier: int
    stop_seconds: int
    stop_signal: str
    digest: str
    argv: tuple[str, ...]
    directory: str
    environment: Mapping[str, str]
    probe: Mapping[str, object] | None

    @property
    def ready(self) -> Probe | None:
        """The probe, or `None` for a program that is ready when it runs."""
        if self.probe is None:
            return None
        return Probe(
            ProbeKind(str(self.probe["kind"])),
            str(self.probe["host"]),
            int(str(self.probe["port"])),
            str(self.probe["path"]),
        )


def supervised(program: Program, group: str, layout: Layout) -> Supervised:
    """The record of a program that is about to be applied."""
    # What the caller's shell contributes (PATH and the like) is left out of the digest: a second
    # `up` from another shell must not restart anything.
    told = json.dumps(
        [
            *(program.argv, str(program.directory), sorted(program.environment.items())),
            *(program.stop_signal, program.stop_seconds, program.revision),
        ]
    )
    return Supervised(
        name=program.name,
        group=group,
        tier=program.tier,
        stop_seconds=program.stop_seconds,
        stop_signal=program.stop_signal,
        digest=hashlib.sha256(told.encode()).hexdigest(),
        argv=program.argv,
        directory=str(program.directory),
        environment=process_environment(program, layout.marker),
        probe=asdict(program.ready) if program.ready else None,
    )


def read_programs(layout: Layout) -> dict[str, Supervised]:
    """What was applied last, by name; empty where nothing was."""
    if not layout.programs_file.exists():
        return {}
    content = json.loads(layout.programs_file.read_text(encoding="utf-8"))
    return {
        name: replace(Supervised(**row), argv=tuple(row["argv"]))
        for name, row in content["programs"].items()
    }


def write_programs(layout: Layout, programs: Mapping[str, Supervised]) -> None:
    """Replace the record. It is private: environments name accounts and addresses."""
    rows = {name: asdict(program) for name, program in sorted(programs.items())}
    write_if_changed(
        layout.programs_file, json.dumps({"version": 1, "programs": rows}, indent=1) + "\n", 0o600
    )


def by_tier(programs: Sequence[Supervised]) -> list[list[Supervised]]:
    """In the order of starting; stopping goes the other way round."""
    tiers = sorted({program.tier for program in programs})
    return [[program for program in programs if program.tier == tier] for tier in tiers]
