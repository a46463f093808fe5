"""Stacks of the previous revision of the program: upgraded, and rolled back on what is then."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.infra.test_life_cycle import WHOLE, holding, settled
from tests.support.previous import Previous
from tests.support.stacks import start

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

# Keys in which the tracked file leaves a blank for its owner.
FILLED = ("aws:allowedAccountIds", "gacp:edge", "gacp:mail", "gacp:alerts", "gacp:workloads")
ROUNDS = 4
UNPROTECT = re.compile(r"pulumi state unprotect '(urn:[^']+)'")


def configuration_then(previous: Previous, profile: str, now: dict[str, object]):
    """What the stack file said at that revision, filled in as it is today."""
    file = previous.tree / f"Pulumi.{previous.stack}.yaml"
    tracked = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    filled = {key: now[key] for key in tracked if key in FILLED}
    return {**tracked, **filled, "gacp:compute": {"profile": profile}}


@pytest.mark.parametrize(("stack", "profile"), WHOLE)
def test_the_previous_revision_is_upgraded_and_rolled_back_without_losing_data(
    tmp_path, configuration_of, stack, profile
):
    now = configuration_of(stack, profile)
    engine = start(tmp_path, stack, now)
    previous = Previous(engine.folder, engine.stack)
    then = configuration_then(previous, profile, now)
    previous.configure(then)
    previous.run("up", "--yes", "--skip-preview")
    before = holding(engine)
    assert before

    engine.configure(now)
    engine.run("up", "--yes")
    settled(engine)
    assert before <= holding(engine)

    # The way back would delete what the newer program keeps safe: refused, and nothing is touched.
    upgraded = engine.records("list")
    previous.configure(then)
    refusal = previous.run("up", "--yes", code=1)
    assert "because it is protected" in refusal
    assert engine.records("list") == upgraded

    # A person who takes the protection of the new ones away goes back, with all that was there.
    # What depends on a refused one is told in the next round.
    for _ in range(ROUNDS):
        urns = sorted(set(UNPROTECT.findall(refusal)))
        for urn in urns:
            previous.run("state", "unprotect", urn, "--yes")
        refusal = refused_preview(previous)
        if not refusal:
            break
    previous.run("up", "--yes")
    settled(previous)
    assert before <= holding(engine)


def refused_preview(previous: Previous) -> str:
    """What a preview of the way back refuses; nothing where it may be gone."""
    done = previous.ran("preview")
    return "" if done.returncode == 0 else done.stdout + done.stderr
