"""The engine is killed with -9 in the middle of its work on stack `prod`; what can be read, what
exists and what the documented way back makes of it (infra/local/engine/README.md, "After a kill").

`GACP_KILL_INSTANTS` is the number of instants (20; `make soak` takes 200), `GACP_KILL_SEED` decides
where in its share of the engine's points each one lies.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from infra.local.aws.store import Store
from infra.local.aws.tools import drift, forget
from tests.support.killing import kill_at, lost, points_of, state_of, world_of
from tests.support.stacks import Engine, copy, stack_configuration, start

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

INSTANTS = int(os.environ.get("GACP_KILL_INSTANTS", "20"))
SEED = int(os.environ.get("GACP_KILL_SEED", "1"))
YES = ("--yes", "--skip-preview")
SHARES = {"up": 0.4, "change": 0.2, "destroy": 0.2, "refresh": 0.2}
"""`up` from nothing, an `up` that creates, updates, replaces and deletes, and the other two."""


@dataclass
class Case:
    """One operation: the stack before it, and what it comes to when nobody kills it."""

    words: tuple[str, ...]
    before: Engine
    file: Path | None = None
    points: list[str] = field(default_factory=list[str])
    made: int = 0
    counts: Counter[str] = field(default_factory=Counter[str])

    def at(self, share: float) -> int:
        return 1 + min(int(share * len(self.points)), len(self.points) - 1)


def production() -> dict[str, object]:
    """Protected, and retaining nothing: what is in the account is then what is in the state."""
    safety = {"gacp:safety": {"retain": False, "retiring": True}}
    return {**stack_configuration("prod"), **safety}


def configuration(change: Callable[[dict[str, dict[str, object]]], object]) -> dict[str, object]:
    config: dict[str, dict[str, object]] = production()  # type: ignore[assignment]
    change(config)
    return config  # type: ignore[return-value]


def changed(config: dict[str, dict[str, object]]) -> None:
    """Fewer and other endpoints, another image and machine: creates, deletes, updates, replaces."""
    config["gacp:workloads"]["imageDigest"] = "sha256:" + "1" * 64
    endpoints = ["ecr.api", "ecr.dkr", "kms", "sns", "sqs"]
    config["gacp:network"] = {"interfaceEndpoints": endpoints}
    config["gacp:compute"]["instanceType"] = "t4g.large"


def stack_file(engine: Engine, name: str, config: dict[str, object]) -> None:
    salted = yaml.safe_load(engine.file.read_text(encoding="utf-8"))
    text = yaml.safe_dump({**salted, "config": config})
    (engine.folder / name).write_text(text, encoding="utf-8")


def disturb(engine: Engine) -> None:
    """Somebody at the console: two tags and a resource."""
    with closing(Store(engine.folder / "world.sqlite")) as store:
        for token in ("aws:ec2/vpc:Vpc", "aws:s3/bucket:Bucket"):
            drift(store, store.of_type(token)[0].id, ["tags.Owner=somebody"], token)
        gone = store.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")[0]
        forget(store, gone.id, gone.token)


def unprotect(engine: Engine) -> None:
    """Production goes only after somebody has taken both locks off by hand."""
    with closing(Store(engine.folder / "world.sqlite")) as store:
        for cluster in store.of_type("aws:docdb/cluster:Cluster"):
            drift(store, cluster.id, ["deletionProtection=false"], cluster.token)
    engine.run("state", "unprotect", "--all", "--yes")


def prepare(folder: Path) -> dict[str, Case]:
    """The four cases, each run to its end once to learn its points and its outcome."""
    empty = Engine(folder / "empty", "prod")
    empty.folder.mkdir()
    start(empty.folder, "prod", production())
    up = copy(empty, folder / "up")
    first = points_of(up, "up", *YES)
    stack_file(up, "Pulumi.changed.yaml", configuration(changed))
    bare = copy(up, folder / "bare")
    unprotect(bare)
    strayed = copy(up, folder / "strayed")
    disturb(strayed)
    cases = {
        "up": Case(("up", *YES), empty),
        "change": Case(("up", *YES), up, Path("Pulumi.changed.yaml")),
        "destroy": Case(("destroy", *YES), bare),
        "refresh": Case(("refresh", *YES), strayed),
    }
    for name, case in cases.items():
        ended = up
        if name == "up":
            case.points = first
        else:
            ended = copy(case.before, folder / f"{name}-ended")
            case.points = points_of(ended, *case.words, file=file_in(ended, case))
        case.made, case.counts = world_of(ended).made, world_of(ended).counts
    return cases


def file_in(engine: Engine, case: Case) -> Path | None:
    return engine.folder / case.file if case.file else None


def killed(case: Case, share: float, children: bool, folder: Path) -> tuple[Engine, int, str]:
    """The stack after the kill, the number of the point and its name.

    How many points a run has depends on its timing: one that ends before it comes to the point is
    no kill, and another one is started that stops a little earlier.
    """
    for attempt in range(4):
        engine = copy(case.before, folder / f"stack{attempt}")
        at = case.at(share * (1 - attempt / 10))
        file = file_in(engine, case)
        point = kill_at(engine, at, *case.words, children=children, file=file)
        if point is not None:
            return engine, at, point
    message = f"no run came to point {at}"
    raise AssertionError(message)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    return prepare(tmp_path_factory.mktemp("cases"))


def instants() -> list[tuple[str, float, bool]]:
    """(case, share of its points, whether the children are killed too), evenly spread."""
    chance = random.Random(SEED)
    found: list[tuple[str, float, bool]] = []
    for name, share in SHARES.items():
        count = round(share * INSTANTS)
        found += [(name, (i + chance.random()) / count, i % 2 == 0) for i in range(count)]
    return found


@pytest.mark.parametrize(
    ("name", "share", "children"),
    [
        pytest.param(*one, id=f"{one[0]}-{one[1]:.3f}-{'group' if one[2] else 'engine'}")
        for one in instants()
    ],
)
def test_a_killed_engine_loses_nothing_and_the_way_back_ends_well(
    name: str,
    share: float,
    children: bool,
    cases: dict[str, Case],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    case = cases[name]
    engine, at, point = killed(case, share, children, tmp_path)
    file = file_in(engine, case)
    assert lost(engine) == []
    pending = len(state_of(engine).pending)
    victims = "engine and children" if children else "engine"
    row = (name, f"{at} of {len(case.points)}", point, victims, f"{pending} pending")
    record_property("kill", row)
    if any((engine.folder / "state/.pulumi/locks").rglob("*.json")):
        refusal = engine.run(*case.words, file=file, code=1)
        assert "it was killed. `pulumi cancel` removes its lock" in refusal
    engine.run("cancel", "--yes")
    engine.run("refresh", *YES, "--clear-pending-creates", file=file)
    engine.run(*case.words, file=file)

    if name == "destroy":
        assert not state_of(engine).resources
        engine.run("destroy", *YES, file=file)
    elif name == "refresh":
        engine.run("refresh", *YES, "--expect-no-changes", file=file)
    else:
        engine.run("up", *YES, "--expect-no-changes", file=file)
    world, state = world_of(engine), state_of(engine)
    assert world.resources == state.resources
    assert not state.pending
    assert set(state.urns.values()) <= {1}
    assert world.counts == case.counts
    assert world.made == case.made, "something was created twice"
    shutil.rmtree(engine.folder)


def test_the_points_are_of_every_phase(cases: dict[str, Case]) -> None:
    kinds = {point.split()[0] for case in cases.values() for point in case.points}
    assert {"before", "after", "write", "written", "begin", "end"} <= kinds
    assert all(len(case.points) > 50 for case in cases.values())
