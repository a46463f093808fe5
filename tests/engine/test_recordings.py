"""The local engine does what the Pulumi CLI was recorded doing."""

from __future__ import annotations

import pytest

from tests.engine.replaying import SCENARIOS, replay_in_process

CHECKS = ["exit", "state", "secrets", "outputs", "order", "locks"]

# The scenarios of first light; the rest of the recordings come with the engine's next issue.
FIRST_LIGHT = [
    "first-preview-and-up",
    "update",
    "update-add-and-remove-property",
    "add-in-the-middle",
    "replace-create-before-delete",
    "replace-delete-before",
    "component",
    "unknown-outputs",
    "secrets",
    "config",
    "stack-outputs",
    "refresh",
    "destroy",
    "delete-order",
    "depends-on",
    "data-source",
    "check-failure",
    "create-failure-clean",
    "empty-program",
    "program-prints",
    "program-raises",
]


@pytest.mark.engine
@pytest.mark.parametrize("scenario", FIRST_LIGHT)
def test_a_recorded_scenario_replays_without_difference(scenario: str) -> None:
    found = replay_in_process(scenario, CHECKS, seconds=240)
    assert not found, "\n\n".join(found)


def test_every_scenario_that_is_listed_was_recorded() -> None:
    recorded = {folder.name for folder in SCENARIOS.iterdir()}
    assert set(FIRST_LIGHT) <= recorded
    assert len(recorded) == 58
